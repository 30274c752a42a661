import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { eventually } from '@quarterdeck/testkit'
import { type AgentUnderTest, buildAgent, isRunning, startLoneAgent } from '@quarterdeck/testkit/agent'
import { programAssignment, scriptAssignment } from '@quarterdeck/testkit/assignments'
import { type FakeController, startFakeController } from '@quarterdeck/testkit/controller'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const isRoot = process.getuid?.() === 0
const hasCgroups = existsSync('/sys/fs/cgroup/freezer/cgroup.procs') || existsSync('/sys/fs/cgroup/cgroup.kill')

let built: ReturnType<typeof buildAgent>
let controller: FakeController
let agent: AgentUnderTest

beforeAll(() => {
  built = buildAgent(path.resolve(import.meta.dirname, '../../..'))
})
afterAll(() => built.remove())
beforeEach(async () => {
  controller = await startFakeController()
  agent = startLoneAgent(built.program, controller, { QD_AGENT_SECRET_CANARY: 'canary' })
  await eventually('the agent registers', () => controller.registers.length > 0)
})
afterEach(async () => {
  await agent.dispose()
  await controller.close()
})

function ended(taskId: string) {
  return eventually(`task ${taskId} has ended`, () => controller.ended(taskId))
}

/** Waits for the first output of a task: only then has a script set its traps. */
function written(taskId: string) {
  const folder = path.join(agent.dataFolder, 'logs', `${taskId}.1`)
  return eventually(`${taskId} has printed something`, () => readdirSync(folder).length > 0)
}

function printed(taskId: string): string {
  return (controller.ended(taskId)?.logTail ?? []).map(({ text }) => text).join('\n')
}

describe('a program', () => {
  it('runs, and its output and exit code arrive', async () => {
    controller.assign(scriptAssignment('ok', 'echo out; echo err >&2; exit 3'))
    const report = await ended('ok')
    expect(report.exit).toEqual({ code: 3, signal: null, error: null, outOfMemory: false, timedOut: null })
    expect(report.logTail.map(({ stream, text }) => `${stream} ${text}`).sort()).toEqual(['stderr err', 'stdout out'])
    expect(report.startedAtMs).not.toBeNull()
  })

  it('ends however soon after its start it is told to', async () => {
    for (let index = 0; index < 25; index++) {
      const id = `soon-${index}`
      const task = scriptAssignment(id, 'sleep 1000')
      controller.assign(task)
      const hasStarted = () => controller.reports.some(({ kind, taskId }) => kind === 'started' && taskId === id)
      // Told within a millisecond: its process is there, and may not have entered its groups yet.
      while (!hasStarted()) await new Promise((resolve) => setImmediate(resolve))
      controller.assign({ ...task, want: 'stop', graceMs: 0 })
      expect((await ended(id)).exit.code).toBeNull()
    }
  })

  it('may open its own output once more', async () => {
    controller.assign(scriptAssignment('reopen', 'echo to both | tee /dev/stderr'))
    const lines = (await ended('reopen')).logTail.map(({ stream, text }) => `${stream} ${text}`)
    expect(lines.sort()).toEqual(['stderr to both', 'stdout to both'])
  })

  it('gets its arguments as they are, without a shell', async () => {
    controller.assign(programAssignment('args', { command: 'printf', args: ['%s|', 'a b', '$HOME', '; rm -rf x'] }))
    await ended('args')
    expect(printed('args')).toBe('a b|$HOME|; rm -rf x|')
  })

  it('sees its own variables and none of the agent', async () => {
    const spec = { command: 'env', env: { COLOR: 'dark red', LD_NOTE: 'x"$(id)' } }
    controller.assign(programAssignment('env', spec))
    await ended('env')
    const lines = printed('env').split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'COLOR=dark red',
        'LD_NOTE=x"$(id)',
        'QD_TASK_ID=env',
        'QD_ATTEMPT=1',
        'QD_NODE_ID=node-under-test',
      ]),
    )
    expect(printed('env')).not.toMatch(/canary|token-of-this-test|QDV_/)
  })

  it.runIf(isRoot)('runs as nobody, without rights, in a private folder of its own', async () => {
    controller.assign(
      scriptAssignment(
        'who',
        'id -un; umask; stat -c %a .; [ "$PWD" = "$HOME" ] && touch "$HOME/x" && echo wrote; grep CapEff /proc/self/status',
      ),
    )
    await ended('who')
    expect(
      printed('who')
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual(['nobody', '0077', '700', 'wrote', 'CapEff:\t0000000000000000'])
  })

  it('that is not there fails with a sentence', async () => {
    controller.assign(programAssignment('missing', { command: 'no-such-program' }))
    const report = await ended('missing')
    expect(report.exit.error).toMatch(/no program no-such-program/)
    expect(report.startedAtMs).toBeNull()
  })

  it('named by a relative path is looked for in its working folder', async () => {
    controller.assign(programAssignment('relative', { command: './sh', args: ['-c', 'pwd'], workingFolder: '/bin' }))
    await ended('relative')
    expect(printed('relative')).toMatch(/bin$/)
  })

  it('whose working folder is not there fails with a sentence', async () => {
    controller.assign(programAssignment('folder', { command: 'true', workingFolder: '/no/such/folder' }))
    expect((await ended('folder')).exit.error).toMatch(/working folder \/no\/such\/folder is not there/)
  })

  it('as a user that the policy does not name is rejected', async () => {
    controller.assign(programAssignment('user', { command: 'true', user: 'daemon' }))
    const report = await eventually('it is rejected', () => controller.reports.find(({ kind }) => kind === 'rejected'))
    expect(report).toMatchObject({ taskId: 'user', code: 'policy', because: expect.stringMatching(/run as daemon/) })
  })

  it.runIf(hasCgroups && isRoot)('that exceeds its memory is killed, and the report says so', async () => {
    const hog = 'x=a; while :; do x="$x$x"; done'
    controller.assign(
      programAssignment('hog', { command: hog, shell: true, limits: { memoryBytes: 32 * 1024 * 1024 } }),
    )
    const report = await ended('hog')
    expect(report.exit).toMatchObject({ outOfMemory: true, error: expect.stringMatching(/memory/) })
  })
  it.runIf(hasCgroups && isRoot)('cannot start more processes than its limit', async () => {
    const script = 'for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; wait; echo all'
    controller.assign(programAssignment('forks', { command: script, shell: true, limits: { processes: 4 } }))
    await ended('forks')
    expect(printed('forks')).toMatch(/fork/i)
  })

  it.skipIf(hasCgroups && isRoot)(
    'SKIPPED HERE, no cgroups or not root: memory limits are not tested on this machine',
    () => {},
  )

  it('that runs too long is stopped by the node itself', async () => {
    controller.assign(scriptAssignment('slow', 'sleep 1000', { timeouts: { runMs: 300 } }))
    expect((await ended('slow')).exit).toMatchObject({
      timedOut: 'run',
      error: expect.stringMatching(/longer than its 300 ms/),
    })
  })

  it('that falls silent is stopped by the node itself', async () => {
    controller.assign(scriptAssignment('silent', 'echo once; sleep 1000', { timeouts: { progressMs: 300 } }))
    expect((await ended('silent')).exit.timedOut).toBe('progress')
  })
})

describe('stopping', () => {
  it('kills what ignores TERM once its grace is over', async () => {
    const stubborn = scriptAssignment('stubborn', 'trap "" TERM; echo $$; while :; do sleep 1; done')
    controller.assign(stubborn)
    await written('stubborn')
    controller.assign({ ...stubborn, want: 'stop', graceMs: 300 })
    const report = await ended('stubborn')
    expect(report.exit.signal).toBe('SIGKILL')
    expect(isRunning(Number(report.logTail[0]?.text))).toBe(false)
  })

  it('finds and ends children that fled into another session', async () => {
    controller.assign(scriptAssignment('fork', 'setsid sleep 1000 & echo $!; sleep 0.3; exit 0'))
    const report = await ended('fork')
    expect(report.exit.code).toBe(0)
    expect(isRunning(Number(report.logTail[0]?.text))).toBe(false)
  })

  it('of an attempt that never came here closes it', async () => {
    controller.assign(scriptAssignment('never', 'true', { want: 'stop' }))
    expect(await ended('never')).toMatchObject({
      startedAtMs: null,
      exit: { error: expect.stringMatching(/never started/) },
    })
  })

  it('is ordered by the node itself for an exclusive task that no controller confirms', async () => {
    controller.timings.exclusiveStopAfterMs = 1_000
    controller.cutAll()
    await eventually('it registers again', () => controller.registers.length > 1)
    controller.assign(scriptAssignment('alone', 'echo $$; exec sleep 1000', { policy: 'exclusive', graceMs: 100 }))
    await eventually('it has started', () => controller.reports.some(({ kind }) => kind === 'started'))
    const pid = await eventually('its process id is in the journal', () => pidInJournal(agent))
    await controller.close()
    await eventually('the process is gone though no controller is there', () => !isRunning(pid))
  })

  it('of the agent ends its tasks, delivers their results, says goodbye', async () => {
    controller.assign(scriptAssignment('last', 'trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.1; done'))
    await written('last')
    expect(await agent.stop()).toBe(0)
    expect(printed('last')).toMatch(/bye$/)
    // It ended well, but because it was asked to: that must not read as done.
    expect(controller.ended('last')?.exit).toMatchObject({ code: 0, error: expect.stringMatching(/asked to stop/) })
    expect(controller.goodbyes).toHaveLength(1)
    expect(existsSync(path.join(agent.dataFolder, '../work'))).toBe(false)
  })
})

describe('output', () => {
  it('of 100 MB leaves three bounded files, its end, and an agent that beats on', async () => {
    controller.assign(
      scriptAssignment('loud', 'head -c 100000000 /dev/zero | tr "\\0" "x" | fold -w 99; echo; echo the end'),
    )
    const report = await eventually('it has ended', () => controller.ended('loud'), { deadlineMs: 170_000 })
    expect(report.exit.code).toBe(0)
    expect(report.logTail.at(-1)?.text).toBe('the end')
    expect(report.logBytesTotal).toBeGreaterThan(100_000_000)
    const folder = path.join(agent.dataFolder, 'logs', 'loud.1')
    const kept = readdirSync(folder).map((name) => statSync(path.join(folder, name)).size)
    expect(kept.length).toBeLessThanOrEqual(3)
    expect(Math.max(...kept)).toBeLessThan(12 * 1024 * 1024)
    const beats = controller.beats.length
    await eventually('it still beats', () => controller.beats.length > beats + 2)
  })

  it('is streamed while the task runs, from an offset, until it has ended', async () => {
    const task = scriptAssignment('talk', 'echo one; echo two; sleep 0.5; echo three')
    controller.assign(task)
    await eventually('it has started', () => controller.reports.some(({ kind }) => kind === 'started'))
    controller.push({ kind: 'stream-log', streamId: 's1', taskId: task.taskId, attempt: 1, fromOffset: 0 })
    await eventually('the stream ends', () => controller.logs.some(({ finished }) => finished))
    const lines = controller.logs.flatMap((chunk) => chunk.lines)
    expect(lines.map(({ text }) => text)).toEqual(['one', 'two', 'three'])

    controller.push({
      kind: 'stream-log',
      streamId: 's2',
      taskId: task.taskId,
      attempt: 1,
      fromOffset: lines[1]?.endOffset ?? 0,
    })
    await eventually('the second stream ends', () =>
      controller.logs.some(({ finished, streamId }) => finished && streamId === 's2'),
    )
    expect(
      controller.logs
        .filter(({ streamId }) => streamId === 's2')
        .flatMap((chunk) => chunk.lines.map(({ text }) => text)),
    ).toEqual(['three'])
  })
})

function pidInJournal({ dataFolder }: AgentUnderTest): number {
  return Number(/"pid":(\d+)/.exec(readFileSync(path.join(dataFolder, 'journal.log'), 'utf8'))?.[1])
}
