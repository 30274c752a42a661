import { type JobTemplateId, type JobTemplateSpecInput, jobTemplateSpecSchema } from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import { callerOf, must, testCluster } from '../test-bench/test-cluster.ts'

const operator = callerOf('operator')
const ID = 'backup' as JobTemplateId

function specOf(more: Partial<JobTemplateSpecInput> = {}) {
  return jobTemplateSpecSchema.parse({
    name: ID,
    parameters: [{ name: 'what', type: 'text', lengthMin: 1 }],
    task: { driver: 'exec', exec: { command: '/bin/tar', args: ['{{what}}'] } },
    ...more,
  })
}

async function cluster() {
  const bench = testCluster()
  const controller = await bench.start('c1')
  await bench.leader([controller])
  const { jobTemplates, tasks } = controller.controlPlane
  const save = async (more?: Partial<JobTemplateSpecInput>, basis?: string) =>
    await bench.world.settle(jobTemplates.apply({ spec: specOf(more), ...(basis ? { basis } : {}) }, operator))
  return { ...bench, jobTemplates, tasks, save }
}

describe('job templates', () => {
  it('keep a version for each change, and run an older one when asked', async () => {
    const { save, jobTemplates, tasks, world } = await cluster()
    expect(must(await save()).plan).toMatchObject({ act: 'create', version: 1 })
    expect(must(await save()).plan.act).toBe('unchanged')
    const task = { driver: 'exec' as const, exec: { command: '/bin/gtar', args: ['{{what}}'] } }
    expect(must(await save({ task })).plan).toMatchObject({
      act: 'update',
      version: 2,
      changes: [{ path: 'task.exec.command', before: '"/bin/tar"', after: '"/bin/gtar"' }],
    })
    const { taskId } = must(
      await world.settle(jobTemplates.run({ id: ID, version: 1, values: { what: '; ls' } }, operator)),
    )
    const { spec } = must(await world.settle(tasks.get(taskId))).value
    expect(spec).toMatchObject({
      name: 'backup',
      exec: { command: '/bin/tar', args: ['; ls'] },
      labels: { job: 'backup', 'job-version': '1' },
      submittedBy: 'user:ana',
    })
  })

  it('refuse values in one sentence that names the field, and find the task of a repeated key', async () => {
    const { save, jobTemplates, world } = await cluster()
    must(await save())
    const run = async (values: Record<string, string>, idempotencyKey: string) =>
      await world.settle(jobTemplates.run({ id: ID, values, idempotencyKey }, operator))
    const refused = await run({ what: '' }, 'k')
    expect(refused.ok ? null : refused.error).toMatchObject({ code: 'bad_input', field: 'values.what' })
    const { taskId } = must(await run({ what: '/etc' }, 'k'))
    expect(must(await run({ what: '/etc' }, 'k'))).toEqual({ taskId, existing: true })
    expect(must(jobTemplates.preview({ id: ID, values: { what: '/x' } })).task.exec?.args).toEqual(['/x'])
  })

  it('refuse a plan that is out of date, and are removed', async () => {
    const { save, jobTemplates, world } = await cluster()
    const plan = must(jobTemplates.plan(specOf()))
    must(await save({}, plan.basis))
    const late = await save({ description: 'late' }, plan.basis)
    expect(late.ok ? null : late.error.code).toBe('plan_outdated')
    must(await world.settle(jobTemplates.remove({ id: ID, reason: '' }, operator)))
    expect(jobTemplates.get({ id: ID }).ok).toBe(false)
  })
})
