import { type WorkflowId, type WorkflowRunId, type WorkflowSpecInput, workflowSpecSchema } from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import { callerOf, must, type TestController, testCluster } from '../test-bench/test-cluster.ts'

const operator = callerOf('operator')
const ID = 'release' as WorkflowId
const task = { driver: 'handler' as const, handler: { name: 'noop' } }

function specOf(more: Partial<WorkflowSpecInput> = {}) {
  const steps = [
    { name: 'build', task },
    { name: 'ship', task, after: ['build'] },
  ]
  return workflowSpecSchema.parse({ name: ID, steps, ...more })
}

async function cluster(names: readonly string[] = ['c1']) {
  const bench = testCluster()
  const controllers: TestController[] = []
  for (const name of names) controllers.push(await bench.start(name))
  const first = await bench.leader(controllers)
  const { workflows } = first.controlPlane
  const save = async (more?: Partial<WorkflowSpecInput>, basis?: string) =>
    await bench.world.settle(workflows.apply({ spec: specOf(more), ...(basis ? { basis } : {}) }, operator))
  const start = async (input: number | null = null, idempotencyKey?: string) =>
    await bench.world.settle(
      workflows.start({ id: ID, input, ...(idempotencyKey ? { idempotencyKey } : {}) }, operator),
    )
  return { ...bench, boot: bench.start, controllers, workflows, first, save, start }
}

/** Nothing runs tasks here, so a step ends by a cancel of its task. */
async function cancelTask(bench: Awaited<ReturnType<typeof cluster>>, leader: TestController, name: string) {
  const [found] = leader.controlPlane.tasks.list({ text: name, states: ['queued'], limit: 5 }).value.tasks
  if (!found) throw new Error(`no task ${name} waits`)
  must(await bench.world.settle(leader.controlPlane.tasks.cancel({ id: found.id, reason: '' }, operator)))
}

describe('workflows', () => {
  it('get a new version when a file changes them, and refuse a plan that is out of date', async () => {
    const { save, workflows, world } = await cluster()
    expect(must(await save()).plan).toMatchObject({ act: 'create', version: 1, basis: 'new' })
    expect(must(await save()).plan.act).toBe('unchanged')
    const plan = must(workflows.plan(specOf({ parallelMax: 1 })))
    expect(plan).toMatchObject({
      act: 'update',
      version: 2,
      changes: [{ path: 'parallelMax', before: '64', after: '1' }],
    })
    await world.run(10)
    must(await save({ parallelMax: 1 }, plan.basis))
    const late = await save({ parallelMax: 2 }, plan.basis)
    expect(late.ok ? null : late.error.code).toBe('plan_outdated')
    expect(must(workflows.get({ id: ID })).value.versions.map(({ version }) => version)).toEqual([2, 1])
    expect(must(workflows.get({ id: ID, version: 1 })).value.definition.parallelMax).toBe(64)
  })

  it('start one run per idempotency key, and refuse the key for another input', async () => {
    const { save, start } = await cluster()
    must(await save())
    const { runId } = must(await start(1, 'k'))
    expect(must(await start(1, 'k'))).toEqual({ runId, existing: true })
    const other = await start(2, 'k')
    expect(other.ok ? null : other.error.code).toBe('idempotency_conflict')
    expect(must(await start(1, 'other')).runId).not.toBe(runId)
  })

  it('name the step whose task the cluster cannot take', async () => {
    const { save } = await cluster()
    const refused = await save({ steps: [{ name: 'a', task: { ...task, strategy: 'best' } }] })
    expect(refused.ok ? null : refused.error).toMatchObject({ code: 'bad_input', field: 'steps.0.task.strategy' })
  })

  it('fail when a step does, and go on from there when they are retried', async () => {
    const bench = await cluster()
    const { save, start, workflows, world, first } = bench
    must(await save())
    const { runId } = must(await start())
    const view = () => must(workflows.run(runId)).value
    await world.until('the step runs', () => view().steps[0]?.state === 'running')
    expect(view().steps[1]?.why).toBe('Waits for build (running).')
    await cancelTask(bench, first, 'release.build')
    await world.until('the run failed', () => view().state === 'failed')
    expect(view().because).toBe('Step build failed: Its task was cancelled.')
    must(await world.settle(workflows.retry({ id: runId, reason: 'again' }, operator)))
    await world.until('it runs again', () => view().steps[0]?.taskId === `${runId}.0.1`)
    must(await world.settle(workflows.cancel({ id: runId, reason: '' }, operator)))
    await world.until('it is cancelled', () => view().state === 'cancelled')
    const again = await world.settle(workflows.cancel({ id: runId, reason: '' }, operator))
    expect(again.ok ? null : again.error.code).toBe('wrong_state')
  })

  it('go on in their old version when they are changed or removed meanwhile', async () => {
    const { save, start, workflows, world } = await cluster()
    must(await save())
    const { runId } = must(await start())
    must(await save({ steps: [{ name: 'other', task }] }))
    must(await world.settle(workflows.remove({ id: ID, reason: '' }, operator)))
    // Over a round of housekeeping.
    await world.run(130_000)
    expect(must(workflows.run(runId)).value.steps.map(({ name }) => name)).toEqual(['build', 'ship'])
    expect(must(await save()).plan).toMatchObject({ act: 'create', version: 2 })
  })

  it('lose no step and double none when the leader dies again and again', async () => {
    const bench = await cluster(['c1', 'c2', 'c3'])
    const { world } = bench
    const steps = ['a', 'b', 'c', 'd', 'e'].map((name, index, all) => ({
      name,
      task,
      after: all.slice(0, index).slice(-1),
      onFailure: 'ignore' as const,
    }))
    must(await bench.save({ steps }))
    const { runId } = must(await bench.start())
    let living = [...bench.controllers]
    for (const [round, name] of ['a', 'b', 'c', 'd', 'e'].entries()) {
      const leader = await bench.leader(living)
      await world.until(`${name} runs`, () => stepOf(leader, runId, name) === 'running')
      await cancelTask(bench, leader, `release.${name}`)
      await leader.kill()
      living = living.filter((each) => each !== leader)
      living.push(await bench.boot(`again-${round}`))
    }
    const leader = await bench.leader(living)
    const run = () => must(leader.controlPlane.workflows.run(runId)).value
    await world.until('the run has ended', () => run().state === 'succeeded')
    const ids = leader.controlPlane.tasks.list({ text: `${runId}.`, limit: 100 }).value.tasks.map(({ id }) => id)
    expect(ids.sort()).toEqual([0, 1, 2, 3, 4].map((index) => `${runId}.${index}.0`))
  })
})

function stepOf({ controlPlane }: TestController, id: WorkflowRunId, name: string) {
  return must(controlPlane.workflows.run(id)).value.steps.find((step) => step.name === name)?.state
}
