import type { Assignment, Report } from '@quarterdeck/domain/wire'
import { type ManualPlatform, manualPlatform } from '@quarterdeck/testkit'
import { scriptAssignment } from '@quarterdeck/testkit/assignments'
import { beforeEach, describe, expect, it } from 'vitest'
import { attemptKey } from '../attempt.ts'
import type { Driver, DriverExit } from '../driver.ts'
import type { JournalRecord } from '../journal/journal.ts'
import { memoryJournal } from '../journal/memory-journal.ts'
import { settledKeptMs } from './finished-attempts.ts'
import { Runner } from './runner.ts'

/** What a driver was told, and a way to end what it runs. */
type Recorded = { readonly calls: string[]; readonly end: (taskId: string, exit?: Partial<DriverExit['exit']>) => void }

let platform: ManualPlatform
let records: JournalRecord[]
let reports: Report[]
let driver: Recorded
let runner: Runner

beforeEach(async () => {
  platform = manualPlatform()
  records = []
  await newLife('gone')
})

/** A keeper that starts with what the journal holds. */
async function newLife(recovery: 'running' | 'gone'): Promise<void> {
  reports = []
  const made = recordingDriver(recovery)
  driver = made
  runner = new Runner({
    platform,
    journal: memoryJournal(records),
    drivers: [made],
    logs: { finish: async () => ({ tail: [], bytesTotal: 0 }), remove: async () => {} },
    capacity: { cpuMillis: 10, memoryBytes: 10, taskSlots: 2 },
    isolation: 'none',
    forbids: () => null,
    setRole: () => {},
  })
  await runner.recover()
  runner.observe((report) => reports.push(report))
}

function recordingDriver(recovery: 'running' | 'gone'): Driver & Recorded {
  const calls: string[] = []
  const ends = new Map<string, (exit: DriverExit) => void>()
  const done = new Map<string, Promise<DriverExit>>()
  const begin = (key: string) => done.set(key, new Promise((resolve) => ends.set(key, resolve)))
  return {
    calls,
    end: (taskId, exit = {}) =>
      ends.get(`${taskId}/1`)?.({
        exit: { code: 0, signal: null, error: null, outOfMemory: false, ...exit },
        usage: { cpuMs: 1, memoryBytesMax: 1 },
      }),
    name: 'exec',
    fingerprint: () => ({ unavailable: null, handlers: [] }),
    prepare: async () => ({ ok: true, value: null }),
    async start(assignment) {
      calls.push(`start ${assignment.taskId}`)
      begin(attemptKey(assignment))
      return { ok: true, value: { pid: 1 } }
    },
    wait: async (ref) => done.get(attemptKey(ref)) ?? Promise.reject(new Error('nothing runs')),
    async stop(ref, how) {
      calls.push(`${how} ${ref.taskId}`)
    },
    async recover(assignment) {
      calls.push(`recover ${assignment.taskId}`)
      begin(attemptKey(assignment))
      return recovery
    },
    remove: async () => {},
  }
}

const kinds = () => reports.map(({ kind }) => kind)
const task = (taskId: string, more: Parameters<typeof scriptAssignment>[2] = {}) => scriptAssignment(taskId, 'x', more)
const refOf = ({ taskId, attempt }: Assignment) => ({ taskId, attempt })

async function run(assignment: Assignment): Promise<void> {
  runner.run(assignment)
  await platform.advance(0)
}

describe('a runner', () => {
  it('starts an attempt once, however often it is ordered', async () => {
    await run(task('a'))
    await run(task('a'))
    driver.end('a')
    await platform.advance(0)
    await run(task('a'))
    expect(driver.calls).toEqual(['start a'])
    expect(kinds()).toEqual(['started', 'ended', 'ended'])
  })

  it('tells of an attempt by its end alone when that comes at once, else of its latest stage a moment after it began', async () => {
    await run(task('a'))
    driver.end('a')
    await platform.advance(0)
    await run(task('b'))
    await platform.advance(100)
    expect(reports.map(({ taskId, kind }) => `${taskId} ${kind}`)).toEqual(['a ended', 'b started'])
    expect(reports[0]).toMatchObject({ startedAtMs: expect.any(Number) })
  })

  it('keeps refusing what it refused, although there is room by then', async () => {
    await run(task('a'))
    await run(task('b'))
    await run(task('c'))
    driver.end('a')
    await platform.advance(0)
    await run(task('c'))
    expect(reports.filter(({ taskId }) => taskId === 'c').map(({ kind }) => kind)).toEqual(['rejected', 'rejected'])
  })

  it('does not start what it was told to stop before', async () => {
    runner.stop({ ref: refOf(task('a')), graceMs: 0, because: 'cancelled' })
    await run(task('a'))
    expect(driver.calls).toEqual([])
    expect(kinds()).toEqual(['ended', 'ended'])
  })

  it('asks first, kills after the grace, and reports an end only when there is one', async () => {
    await run(task('a'))
    runner.stop({ ref: refOf(task('a')), graceMs: 1_000, because: 'cancelled' })
    await platform.advance(999)
    expect(driver.calls).toEqual(['start a', 'ask a'])
    await platform.advance(1)
    expect(driver.calls).toEqual(['start a', 'ask a', 'kill a'])
    expect(runner.held()).toMatchObject([{ state: 'stopping' }])
    driver.end('a', { code: null, signal: 'SIGKILL' })
    await platform.advance(0)
    expect(reports.at(-1)).toMatchObject({ kind: 'ended', exit: { signal: 'SIGKILL', error: 'cancelled' } })
  })

  it('lets a later stop shorten the grace, and never lengthen it', async () => {
    await run(task('a'))
    runner.stop({ ref: refOf(task('a')), graceMs: 5_000, because: 'drain' })
    runner.stop({ ref: refOf(task('a')), graceMs: 9_000, because: 'drain' })
    runner.stop({ ref: refOf(task('a')), graceMs: 1_000, because: 'force' })
    await platform.advance(1_000)
    expect(driver.calls).toEqual(['start a', 'ask a', 'kill a'])
  })

  it('ignores a stop from a deposed leader', async () => {
    await run(task('a', { fence: { shard: 'main', epoch: 9, nonce: 'n' } }))
    runner.stop({ ref: refOf(task('a')), graceMs: 0, because: 'old', fence: { shard: 'main', epoch: 8, nonce: 'o' } })
    await platform.advance(0)
    expect(driver.calls).toEqual(['start a'])
  })

  it('stops an exclusive attempt when no beat is confirmed in time, counted from when it was sent', async () => {
    await run(task('a', { policy: 'exclusive', graceMs: 100 }))
    await platform.advance(5_000)
    runner.confirm({ sentAtMs: 4_000 as never, stopAfterMs: 15_000 })
    await platform.advance(13_999)
    expect(driver.calls).toEqual(['start a'])
    await platform.advance(1)
    expect(driver.calls).toEqual(['start a', 'ask a'])
  })

  it('forgets an attempt 10 minutes after its end was stored, not before', async () => {
    await run(task('a'))
    driver.end('a')
    await platform.advance(0)
    runner.settle([refOf(task('a'))])
    expect(runner.isSettled()).toBe(true)
    await platform.advance(settledKeptMs - 1)
    await run(task('a'))
    expect(driver.calls).toEqual(['start a'])
    await platform.advance(10_000)
    await run(task('a'))
    expect(driver.calls).toEqual(['start a', 'start a'])
  })
})

describe('after a crash a runner', () => {
  it('reports what is gone as ended with an unknown outcome, and does not start it again', async () => {
    await run(task('a'))
    await newLife('gone')
    await run(task('a'))
    expect(driver.calls).toEqual(['recover a'])
    expect(reports[0]).toMatchObject({ kind: 'ended', exit: { code: null, error: expect.stringMatching(/unknown/) } })
  })

  it('goes on with what still runs', async () => {
    await run(task('a'))
    await newLife('running')
    expect(runner.held()).toMatchObject([{ taskId: 'a', state: 'running' }])
    driver.end('a', { code: null, error: 'exit code unknown' })
    await platform.advance(0)
    expect(reports.at(-1)).toMatchObject({ kind: 'ended' })
  })

  it('stops an exclusive attempt at once: it may run elsewhere by now', async () => {
    await run(task('a', { policy: 'exclusive' }))
    await newLife('running')
    await platform.advance(0)
    expect(driver.calls).toEqual(['recover a', 'kill a'])
  })

  it('still has the results that were not stored, and knows those that were', async () => {
    await run(task('a'))
    await run(task('b'))
    driver.end('a')
    driver.end('b')
    await platform.advance(0)
    runner.settle([refOf(task('b'))])
    await newLife('gone')
    expect(reports.map(({ taskId, kind }) => `${taskId} ${kind}`)).toEqual(['a ended'])
    await run(task('b'))
    expect(driver.calls).toEqual([])
  })
})
