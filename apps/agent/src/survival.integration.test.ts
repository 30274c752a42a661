import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { eventually } from '@quarterdeck/testkit'
import { type AgentUnderTest, buildAgent, isRunning, startLoneAgent } from '@quarterdeck/testkit/agent'
import { scriptAssignment } from '@quarterdeck/testkit/assignments'
import { type FakeController, startFakeController } from '@quarterdeck/testkit/controller'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let built: ReturnType<typeof buildAgent>
let controller: FakeController
let agent: AgentUnderTest

beforeAll(() => {
  built = buildAgent(path.resolve(import.meta.dirname, '../../..'))
})
afterAll(() => built.remove())
beforeEach(async () => {
  controller = await startFakeController()
  agent = startLoneAgent(built.program, controller)
  await registered(1)
})
afterEach(async () => {
  await agent.dispose()
  await controller.close()
})

function registered(times: number) {
  return eventually(`the agent has registered ${times} times`, () => controller.registers.length >= times)
}

function started(taskId: string) {
  return eventually(`${taskId} has started`, () =>
    controller.reports.some((report) => report.kind === 'started' && report.taskId === taskId),
  )
}

function ended(taskId: string) {
  return eventually(`${taskId} has ended`, () => controller.ended(taskId))
}

function journal(): string {
  return readFileSync(path.join(agent.dataFolder, 'journal.log'), 'utf8')
}

/** What is stored of the output of a task's first attempt. */
function logOf(taskId: string): string {
  const folder = path.join(agent.dataFolder, 'logs', `${taskId}.1`)
  return readdirSync(folder)
    .map((file) => readFileSync(path.join(folder, file), 'utf8'))
    .join('')
}

function pidInJournal(): Promise<number> {
  return eventually('the process id is in the journal', () => Number(/"pid":(\d+)/.exec(journal())?.[1]))
}

describe('kill -9 of the agent', () => {
  it('keeps its task running, and its result is delivered once', async () => {
    controller.assign(scriptAssignment('long', 'echo before; sleep 2; echo after; exit 7'))
    await started('long')
    process.kill(await agent.agentPid(), 'SIGKILL')
    await registered(2)
    expect(controller.registers[1]?.held).toMatchObject([{ taskId: 'long', attempt: 1, state: 'running' }])

    const report = await ended('long')
    expect(report.exit.code).toBe(7)
    expect(report.logTail.map(({ text }) => text)).toEqual(['before', 'after'])
    await eventually('it is acknowledged in the journal', () => journal().includes('"settled"'))
    expect(controller.reports.filter(({ kind }) => kind === 'ended')).toHaveLength(1)
  })

  it('does not lose a result that came while no agent was there', async () => {
    controller.answer = () => 'retry'
    controller.assign(scriptAssignment('kept', 'echo value'))
    await ended('kept')
    process.kill(await agent.agentPid(), 'SIGKILL')
    controller.answer = () => 'applied'
    controller.reports.length = 0
    await registered(2)
    expect((await ended('kept')).logTail[0]?.text).toBe('value')
  })

  it('needs no join token to come back', async () => {
    const joined = JSON.parse(readFileSync(path.join(agent.dataFolder, 'identity.json'), 'utf8'))
    process.kill(await agent.agentPid(), 'SIGKILL')
    await registered(2)
    expect(joined.nodeId).toBe('node-under-test')
    expect(new Set(controller.registers.map(({ incarnation }) => incarnation)).size).toBe(2)
  })
})

describe('a crash of the whole agent', () => {
  it('leaves the task running; the next keeper watches it and says that its exit code is unknown', async () => {
    controller.assign(scriptAssignment('orphan', 'sleep 3'))
    await started('orphan')
    const pid = await pidInJournal()
    await agent.crash()
    expect(isRunning(pid)).toBe(true)

    agent.start()
    await registered(2)
    expect(controller.registers[1]?.held).toMatchObject([{ taskId: 'orphan', state: 'running' }])
    expect((await ended('orphan')).exit).toMatchObject({
      code: null,
      error: expect.stringMatching(/exit code is unknown/),
    })
    expect(isRunning(pid)).toBe(false)
  })

  it('breaks no pipe: what the task wrote meanwhile, and afterwards, is in its log', async () => {
    controller.assign(scriptAssignment('writer', 'for i in 1 2 3 4 5 6 7 8; do echo line $i; sleep 0.5; done'))
    // A keeper that dies takes with it what it has read and not yet written: a moment's output, which is not what this is about.
    await eventually('the first line is on disk', () => logOf('writer').includes('line 1'))
    await agent.crash()
    agent.start()
    const report = await ended('writer')
    expect(report.exit.error).toMatch(/exit code is unknown/)
    expect(report.logTail.map(({ text }) => text)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((i) => `line ${i}`))
  })

  it('with its tasks is reported as what it is: ended, nobody knows how', async () => {
    controller.assign(scriptAssignment('gone', 'exec sleep 1000'))
    await started('gone')
    const pid = await pidInJournal()
    await agent.crash()
    process.kill(pid, 'SIGKILL')
    await eventually('the task is gone', () => !isRunning(pid))
    agent.start()
    expect((await ended('gone')).exit).toMatchObject({
      code: null,
      error: expect.stringMatching(/how it ended is unknown/),
    })
  })

  it('ends an exclusive task before anything is reported', async () => {
    controller.assign(scriptAssignment('only', 'exec sleep 1000', { policy: 'exclusive', graceMs: 100 }))
    await started('only')
    const pid = await pidInJournal()
    await agent.crash()
    agent.start()
    expect((await ended('only')).exit.error).toMatch(/exclusive|exit code is unknown/)
    expect(isRunning(pid)).toBe(false)
  })

  it('does not start a task again that it had finished', async () => {
    const task = scriptAssignment('once', 'true')
    controller.assign(task)
    await ended('once')
    await eventually('it is settled', () => journal().includes('"settled"'))
    await agent.crash()
    controller.desired = [task]
    controller.reports.length = 0
    agent.start()
    expect((await ended('once')).exit.error ?? null).toBeNull()
    expect(journal()).not.toMatch(/"accepted".*once/)
  })
})

describe('orders', () => {
  it('of a deposed leader are refused, also after a restart', async () => {
    const leader = (epoch: number, nonce: string) => ({ shard: 'main', epoch, nonce })
    controller.assign(scriptAssignment('new', 'true', { fence: leader(9, 'a') }))
    await ended('new')
    controller.assign(scriptAssignment('old', 'true', { fence: leader(8, 'z') }))
    await rejected('old', /epoch 8/)
    await agent.crash()
    agent.start()
    await registered(2)
    expect(controller.registers[1]?.fences).toEqual([leader(9, 'a')])
    controller.assign(scriptAssignment('twin', 'true', { fence: leader(9, 'b') }))
    await rejected('twin', /nonce/)
  })

  it('beyond its capacity are rejected', async () => {
    const huge = { cpuMillis: 10_000_000, memoryBytes: 1 }
    controller.assign(scriptAssignment('huge', 'true', { resources: huge }))
    await rejected('huge', /CPU/)
  })

  it('that no longer stand in the whole set are stopped', async () => {
    controller.assign(scriptAssignment('dropped', 'exec sleep 1000'))
    await started('dropped')
    controller.push({ kind: 'desired', generation: 1_000, whole: true, assignments: [], released: [] })
    expect((await ended('dropped')).exit.error).toMatch(/no longer wants/)
  })

  it('reach it again after its connection was cut', async () => {
    controller.cutAll()
    await registered(2)
    controller.assign(scriptAssignment('after', 'true'))
    await ended('after')
  })
})

function rejected(taskId: string, because: RegExp) {
  return eventually(`${taskId} is rejected with ${because}`, () =>
    controller.reports.find(
      (report) => report.kind === 'rejected' && report.taskId === taskId && because.test(report.because),
    ),
  )
}
