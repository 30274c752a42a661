import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { eventually } from '@quarterdeck/testkit'
import { type AgentUnderTest, buildAgent, isRunning, startLoneAgent } from '@quarterdeck/testkit/agent'
import { scriptAssignment } from '@quarterdeck/testkit/assignments'
import { type FakeController, startFakeController } from '@quarterdeck/testkit/controller'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let built: ReturnType<typeof buildAgent>
let folder: string
let controller: FakeController
let agent: AgentUnderTest | undefined

beforeAll(() => {
  built = buildAgent(path.resolve(import.meta.dirname, '../../..'))
})
afterAll(() => built.remove())
beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'qd-helpers-'))
  controller = await startFakeController()
})
afterEach(async () => {
  await agent?.dispose()
  await controller.close()
  rmSync(folder, { recursive: true, force: true })
})

async function started(env: Readonly<Record<string, string>>, uid?: number): Promise<AgentUnderTest> {
  agent = startLoneAgent(built.program, controller, env, uid)
  await eventually('the agent listens for commands', () => controller.beats.length > 1)
  return agent
}

function ended(taskId: string) {
  return eventually(`${taskId} has ended`, () => controller.ended(taskId))
}

describe('a node that may host a controller', () => {
  const entry = `
    const fs = require('node:fs')
    fs.writeFileSync(process.env.MARK, String(process.pid))
    process.on('SIGTERM', () => { fs.writeFileSync(process.env.MARK + '.stopped', 'handed over'); process.exit(0) })
    setInterval(() => {}, 1000)
  `
  const mark = () => path.join(folder, 'mark')
  const pid = () => Number(readFileSync(mark(), 'utf8'))

  beforeEach(async () => {
    writeFileSync(path.join(folder, 'controller.cjs'), entry)
    await started({ QD_ALLOW_CONTROLLER: 'true', QD_CONTROLLER_ENTRY: path.join(folder, 'controller.cjs') })
    controller.push({ kind: 'role', role: 'standby', env: { MARK: mark() } })
    await eventually('the controller runs', () => isRunning(pid()))
  })

  it('says so, starts it, and lets it stop by itself', async () => {
    expect(controller.registers[0]?.facts.canHostController).toBe(true)
    controller.push({ kind: 'role', role: 'worker', env: {} })
    await eventually('the controller has stopped', () => readFileSync(`${mark()}.stopped`, 'utf8') === 'handed over')
  })

  it('starts it again when it dies', async () => {
    const first = pid()
    process.kill(first, 'SIGKILL')
    await eventually('another one runs', () => pid() !== first && isRunning(pid()))
  })

  it('ends the one that a crashed keeper left', async () => {
    const first = pid()
    await agent?.crash()
    agent?.start()
    await eventually('it was asked to stop', () => !isRunning(first))
  })
})

it('a node that may not host a controller says so, and does not', async () => {
  await started({})
  expect(controller.registers[0]?.facts.canHostController).toBe(false)
  controller.push({ kind: 'role', role: 'standby', env: {} })
  await eventually('it says why', () => agent?.output().includes('QD_ALLOW_CONTROLLER'))
})

it('without cgroups an escaped child is still found, by what stands in its environment', async () => {
  await started({ QD_CGROUP_ROOT: folder })
  expect(controller.registers[0]?.facts.isolation).toBe('rlimit')
  controller.assign(scriptAssignment('fork', 'setsid sleep 1000 & echo $!; sleep 0.3'))
  const report = await ended('fork')
  expect(report.exit.code).toBe(0)
  expect(isRunning(Number(report.logTail[0]?.text))).toBe(false)
})

it.runIf(process.getuid?.() === 0)(
  'an agent of an ordinary user runs tasks as that user, and ends all of them',
  async () => {
    await started({}, 65534)
    controller.assign(scriptAssignment('own', 'id -u; setsid sleep 1000 & echo $!; sleep 0.3'))
    const report = await ended('own')
    expect(report.exit).toMatchObject({ code: 0, error: null })
    const [user, pid] = report.logTail.map(({ text }) => text)
    expect(user).toBe('65534')
    expect(isRunning(Number(pid))).toBe(false)
  },
)

it('a second agent on the same data folder is refused with a sentence', async () => {
  const first = await started({})
  const second = startLoneAgent(built.program, controller, { QD_DATA_DIR: first.dataFolder })
  await eventually('it says who is there', () =>
    second.output().includes(`in use by another agent (keeper process ${first.keeperPid()})`),
  )
  await second.dispose()
})

it('SIGHUP replaces the agent process while tasks run on', async () => {
  const running = await started({})
  controller.assign(scriptAssignment('long', 'sleep 2; echo done'))
  await eventually('it has started', () => controller.reports.some(({ kind }) => kind === 'started'))
  const before = await running.agentPid()
  process.kill(running.keeperPid(), 'SIGHUP')
  await eventually('another agent process registers', () => controller.registers.length > 1)
  expect(await running.agentPid()).not.toBe(before)
  expect(controller.goodbyes).toEqual([])
  expect((await ended('long')).exit.code).toBe(0)
})

it('a join token that is refused ends the program with a sentence', async () => {
  agent = startLoneAgent(built.program, controller, { QD_JOIN_TOKEN: 'wrong' })
  await eventually('it has given up', () => agent?.output().includes('refused'))
  await eventually('the keeper has ended', () => !isRunning(agent?.keeperPid() ?? 0))
})

it('goaway moves it to another controller', async () => {
  await started({})
  const other = await startFakeController()
  controller.push({ kind: 'controllers', urls: [other.url] })
  controller.push({ kind: 'goaway', reason: 'upgrade', spreadMs: 10 })
  await eventually('it registers with the other one', () => other.registers.length > 0)
  await other.close()
})
