import { type ScheduleDraft, type ScheduleId, scheduleInputSchema, type TaskId } from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import { callerOf, must, type TestController, testCluster } from '../test-bench/test-cluster.ts'

const operator = callerOf('operator')
const ID = 'tick' as ScheduleId

function draft(more: Partial<ScheduleDraft> = {}) {
  return scheduleInputSchema.parse({
    id: ID,
    timing: { kind: 'rate', everyMs: 10_000 },
    task: { name: 'job', driver: 'handler', handler: { name: 'noop' } },
    overlap: 'allow',
    missed: { policy: 'all', runsMax: 19 },
    ...more,
  })
}

function tasksOf(controller: TestController) {
  return controller.controlPlane.tasks.list({ limit: 1_000, text: `${ID}.` }).value.tasks
}

async function cluster(names: readonly string[] = ['c1']) {
  const bench = testCluster()
  const controllers: TestController[] = []
  for (const name of names) controllers.push(await bench.start(name))
  const leader = await bench.leader(controllers)
  const apply = async (more?: Partial<ScheduleDraft>) =>
    must(await bench.world.settle(leader.controlPlane.schedules.apply(draft(more), operator)))
  const view = () => must(leader.controlPlane.schedules.get(ID)).value
  return { ...bench, controllers, leaderNow: leader, apply, view }
}

describe('schedules', () => {
  it('start a task at each due time, and say who asked for it', async () => {
    const { world, apply, leaderNow, view } = await cluster()
    expect(await apply()).toEqual({ created: true })
    await world.run(35_000)
    const tasks = tasksOf(leaderNow)
    expect(tasks).toHaveLength(3)
    expect(tasks.map(({ submittedBy }) => submittedBy)).toEqual(Array(3).fill(`schedule:${ID}`))
    expect(
      view()
        .runs.map(({ taskId }) => taskId)
        .sort(),
    ).toEqual(tasks.map(({ id }) => id).sort())
    expect(view().nextRuns).toHaveLength(5)
  })

  it('lose no run and double none when the leader dies again and again', async () => {
    const bench = await cluster(['c1', 'c2', 'c3'])
    await bench.apply()
    const startMs = bench.view().createdAtMs
    let living = [...bench.controllers]
    for (let round = 1; round <= 6; round++) {
      await bench.world.run(13_000)
      const leader = await bench.leader(living)
      await leader.kill()
      living = living.filter((each) => each !== leader)
      living.push(await bench.start(`again-${round}`))
      await bench.leader(living)
    }
    await bench.world.run(10_000)
    const leader = await bench.leader(living)
    const schedule = must(leader.controlPlane.schedules.get(ID)).value
    const due = Math.floor(((schedule.nextAtMs ?? 0) - startMs) / 10_000) - 1
    const ids = tasksOf(leader).map(({ id }) => id)
    expect(due).toBeGreaterThan(6)
    expect(new Set(ids).size).toBe(due)
    expect(ids).toHaveLength(due)
    expect(schedule.startedTotal).toBe(due)
  })

  it('are paused, resumed, started by hand and removed', async () => {
    const { world, apply, leaderNow, view } = await cluster()
    await apply()
    const { schedules } = leaderNow.controlPlane
    must(await world.settle(schedules.pause({ id: ID, reason: 'holidays' }, operator)))
    await world.run(60_000)
    expect(tasksOf(leaderNow)).toEqual([])
    expect(view().paused?.reason).toBe('holidays')
    const again = await world.settle(schedules.pause({ id: ID, reason: '' }, operator))
    expect(again.ok ? null : again.error.code).toBe('wrong_state')
    const { taskId } = must(await world.settle(schedules.run({ id: ID }, operator)))
    expect(view().runs[0]).toMatchObject({ taskId, dueAtMs: null })
    must(await world.settle(schedules.resume({ id: ID }, operator)))
    await world.run(11_000)
    expect(tasksOf(leaderNow)).toHaveLength(1)
    must(await world.settle(schedules.remove({ id: ID, reason: '' }, operator)))
    await world.run(60_000)
    expect(schedules.get(ID).ok).toBe(false)
    expect(tasksOf(leaderNow)).toHaveLength(1)
  })

  it('note how their runs ended', async () => {
    const { world, apply, leaderNow, view } = await cluster()
    await apply({ overlap: 'skip' })
    await world.run(10_500)
    const id = tasksOf(leaderNow)[0]?.id as TaskId
    must(await world.settle(leaderNow.controlPlane.tasks.cancel({ id, reason: '' }, operator)))
    await world.until('the end is noted', () => view().runs[0]?.ended === 'cancelled')
  })

  it('with the policy replace end the run before and start the newer one', async () => {
    const { world, apply, leaderNow } = await cluster()
    await apply({ overlap: 'replace' })
    await world.run(21_000)
    expect(tasksOf(leaderNow).map(({ state }) => state)).toEqual(['queued', 'cancelled'])
  })

  it('are refused when they name no moment or an unknown strategy', async () => {
    const { world, leaderNow } = await cluster()
    const { schedules } = leaderNow.controlPlane
    const timing = { kind: 'cron', expression: 'every day', timeZone: 'UTC' } as const
    const wrong = await world.settle(schedules.apply(draft({ timing }), operator))
    expect(wrong.ok ? null : wrong.error).toMatchObject({ code: 'bad_input', field: 'timing.expression' })
    const task = { ...draft().task, strategy: 'best' }
    const unknown = await world.settle(schedules.apply({ ...draft(), task }, operator))
    expect(unknown.ok ? null : unknown.error.field).toBe('strategy')
    expect(schedules.preview({ kind: 'rate', everyMs: 60_000 }).ok).toBe(true)
  })
})
