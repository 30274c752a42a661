import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { eventually } from '@quarterdeck/testkit'
import { type AgentUnderTest, buildAgent, startLoneAgent } from '@quarterdeck/testkit/agent'
import { handlerAssignment } from '@quarterdeck/testkit/assignments'
import { type FakeController, startFakeController } from '@quarterdeck/testkit/controller'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'

const source = `
export const handlers = {
  echo: (input) => input,
  fail: () => { throw new Error('out of stock') },
  chat: async (input, { progress, log, signal, taskId, attempt }) => {
    console.log('said by console'); log('said by log'); progress(0.5, 'half way')
    return { taskId, attempt, aborted: signal.aborted }
  },
  big: () => 'x'.repeat(300 * 1024),
  crash: () => process.exit(9),
  polite: (input, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  deaf: () => { for (;;); },
  wait: () => new Promise(() => {}),
}
`

let built: ReturnType<typeof buildAgent>
let folder: string
let controller: FakeController
let agent: AgentUnderTest

beforeAll(() => {
  built = buildAgent(path.resolve(import.meta.dirname, '../../..'))
  folder = mkdtempSync(path.join(os.tmpdir(), 'qd-handlers-'))
  writeFileSync(path.join(folder, 'handlers.mjs'), source)
})
afterAll(() => {
  built.remove()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  controller = await startFakeController()
  agent = startLoneAgent(built.program, controller, {
    QD_HANDLERS: path.join(folder, 'handlers.mjs'),
    QD_HANDLER_WORKERS: '1',
    QD_CAPACITY_SLOTS: '5000',
    QD_CAPACITY_CPU: '1000',
  })
  await eventually('the agent registers', () => controller.registers.length > 0)
})
afterEach(async () => {
  await agent.dispose()
  await controller.close()
})

function call(taskId: string, name: string, more: Parameters<typeof handlerAssignment>[2] = {}) {
  const assignment = handlerAssignment(taskId, { name, input: { from: taskId } }, more)
  controller.assign(assignment)
  return assignment
}

function ended(taskId: string) {
  return eventually(`${taskId} has ended`, () => controller.ended(taskId))
}

it('tells the cluster which handlers it has', () => {
  expect(controller.registers[0]?.facts.handlers).toEqual([
    'echo',
    'fail',
    'chat',
    'big',
    'crash',
    'polite',
    'deaf',
    'wait',
  ])
})

it('brings the value of a handler', async () => {
  call('value', 'echo')
  expect(await ended('value')).toMatchObject({ value: { from: 'value' }, exit: { code: 0, error: null } })
})

it('brings what a handler throws as the reason of its failure', async () => {
  call('thrown', 'fail')
  expect((await ended('thrown')).exit).toMatchObject({ code: 1, error: 'Error: out of stock' })
})

it('brings progress, and what it says on the console, to its own log', async () => {
  call('chat', 'chat')
  const report = await ended('chat')
  expect(report.value).toEqual({ taskId: 'chat', attempt: 1, aborted: false })
  expect(report.logTail.map(({ text }) => text)).toEqual(['said by console', 'said by log'])
})

it('refuses a result that is too large', async () => {
  call('big', 'big')
  expect((await ended('big')).exit).toMatchObject({
    code: 1,
    error: expect.stringMatching(/307202 bytes; a result may have 262144/),
  })
})

it('rejects a handler that is not there', async () => {
  call('missing', 'nope')
  await eventually('it is rejected', () =>
    controller.reports.some((report) => report.kind === 'rejected' && /No handler nope/.test(report.because)),
  )
})

it('fails what ran in a worker that crashed, and runs on with a new one', async () => {
  call('bystander', 'wait')
  await eventually('it runs', () => controller.reports.some(({ kind }) => kind === 'started'))
  call('crashed', 'crash')
  expect((await ended('crashed')).exit.error).toBe('Its worker process ended with code 9.')
  expect((await ended('bystander')).exit.error).toBe('Its worker process ended with code 9.')
  call('next', 'echo')
  expect((await ended('next')).exit.code).toBe(0)
})

it('stops a handler by its abort signal', async () => {
  const task = call('polite', 'polite')
  await eventually('it runs', () => controller.reports.some(({ kind }) => kind === 'started'))
  controller.assign({ ...task, want: 'stop' })
  expect((await ended('polite')).exit.error).toMatch(/asked to stop/)
})

it('kills the worker of a handler that ignores its signal, and says so to its neighbours', async () => {
  call('neighbour', 'wait')
  const task = call('deaf', 'deaf')
  await eventually('it runs', () => controller.reports.filter(({ kind }) => kind === 'started').length === 2)
  controller.assign({ ...task, want: 'stop', graceMs: 200 })
  expect((await ended('deaf')).exit.error).toMatch(/did not obey/)
  expect((await ended('neighbour')).exit.error).toMatch(/because deaf\/1, which ran beside it, would not stop/)
})

it('answers thousands of calls, each once', async () => {
  const count = 3_000
  const startedAtMs = performance.now()
  for (let i = 0; i < count; i += 100)
    controller.assign(
      ...Array.from({ length: 100 }, (_, at) => handlerAssignment(`n-${i + at}`, { name: 'echo', input: i + at })),
    )
  const reports = await eventually('all have ended', () => {
    const found = controller.reports.filter((report) => report.kind === 'ended')
    return found.length >= count ? found : null
  })
  console.log(`${count} handler calls in ${Math.round(performance.now() - startedAtMs)} ms`)
  expect(new Set(reports.map((report) => `${report.taskId} ${JSON.stringify(report.value)}`))).toEqual(
    new Set(Array.from({ length: count }, (_, at) => `n-${at} ${at}`)),
  )
})
