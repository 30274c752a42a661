import { readFileSync } from 'node:fs'
import path from 'node:path'
import { eventually, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { script } from './tasks.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster({ controllers: 3, nodes: ['n1', 'n2'] })
})
afterAll(() => cluster?.stop())

/** `QD_LEADER_DEATHS=50` is the measured run; a few go with every test run. */
const DEATHS = Number(process.env.QD_LEADER_DEATHS ?? 3)
const EVERY_MS = 2_000

type ScheduleView = {
  createdAtMs: number
  nextAtMs: number | null
  startedTotal: number
  paused: object | null
  nextRuns: number[]
  runs: { outcome: string; taskId: string | null; ended: string | null }[]
}

async function schedule(id: string): Promise<ScheduleView> {
  return (await cluster.query<{ value: ScheduleView }>('schedules.get', { id })).value
}

describe('a schedule', () => {
  it(`over ${DEATHS} deaths of the leader by kill -9 has exactly one run per due time`, {
    timeout: 1_800_000,
  }, async () => {
    const file = path.join(cluster.sharedDir, 'runs')
    await cluster.mutate('schedules.save', {
      id: 'tick',
      timing: { kind: 'rate', everyMs: EVERY_MS },
      task: script(`echo x >> ${file}`, { name: 'tick', policy: 'at-most-once' }),
      overlap: 'allow',
      missed: { policy: 'all', runsMax: 19 },
    })
    for (let death = 0; death < DEATHS; death++) {
      const before = (await schedule('tick')).startedTotal
      await eventually('a run was started', async () => (await schedule('tick')).startedTotal > before)
      const leader = await cluster.leader()
      await leader.kill9()
      await eventually('another controller leads', async () => (await cluster.leader()).id !== leader.id)
      await leader.start()
    }
    const before = (await schedule('tick')).startedTotal
    await eventually('the last leader starts a run, too', async () => (await schedule('tick')).startedTotal > before)
    await cluster.mutate('schedules.pause', { id: 'tick', reason: 'counted' })
    const ended = await eventually('every run has ended', async () => {
      const view = await schedule('tick')
      return view.runs.every(({ taskId, ended: state }) => taskId === null || state !== null) ? view : null
    })
    const { value } = await cluster.query<{ value: { tasks: { id: string; state: string }[]; total: number } }>(
      'tasks.list',
      { text: 'tick.', limit: 1_000 },
    )
    const dues = value.tasks.map(({ id }) => Number(id.split('.')[1])).sort((a, b) => a - b)
    expect(dues.length).toBe(ended.startedTotal)
    expect(dues.length).toBeGreaterThan(DEATHS)
    // No due time between the first and the last is missing, and none is there twice.
    expect(dues).toEqual(dues.map((_, index) => (dues[0] ?? 0) + index * EVERY_MS))
    expect(ended.runs.filter(({ outcome }) => outcome !== 'started')).toEqual([])
    expect(value.tasks.filter(({ state }) => state !== 'succeeded')).toEqual([])
    expect(readFileSync(file, 'utf8').split('\n').filter(Boolean)).toHaveLength(dues.length)
  })

  it('is paused, run by hand, resumed and removed; a calendar without a zone that exists is refused', async () => {
    const task = script('exit 3', { name: 'by-hand', retry: { attemptsMax: 1 } })
    const timing = { kind: 'cron', expression: '0 3 * * *', timeZone: 'Europe/Berlin' }
    await cluster.mutate('schedules.save', { id: 'nightly', timing, task })
    expect((await schedule('nightly')).nextRuns).toHaveLength(5)
    await cluster.mutate('schedules.pause', { id: 'nightly', reason: 'holidays' })
    expect((await schedule('nightly')).paused).toMatchObject({ reason: 'holidays' })
    const { taskId } = await cluster.mutate<{ taskId: string }>('schedules.run', { id: 'nightly' })
    await eventually('the end of the run is noted', async () => {
      const [run] = (await schedule('nightly')).runs
      return run?.taskId === taskId && run.ended === 'failed'
    })
    await cluster.mutate('schedules.resume', { id: 'nightly' })
    expect((await schedule('nightly')).nextAtMs).not.toBeNull()
    await cluster.mutate('schedules.remove', { id: 'nightly', reason: 'not needed' })
    await expect(schedule('nightly')).rejects.toThrow('schedule_not_found')
    const wrong = cluster.mutate('schedules.save', { id: 'x', timing: { ...timing, timeZone: 'Mars/X' }, task })
    await expect(wrong).rejects.toThrow('Mars/X')
  })
})
