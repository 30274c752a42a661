import {
  type DrainOptions,
  drainOptionsSchema,
  type NodeId,
  type TaskId,
  taskSubmitSchema,
  type UnixMs,
} from '@quarterdeck/domain'
import type { Report } from '@quarterdeck/domain/wire'
import { describe, expect, it } from 'vitest'
import type { TestAgent } from '../test-bench/test-agent.ts'
import {
  callerOf,
  must,
  nodeOf,
  type TestCluster,
  type TestController,
  testCluster,
} from '../test-bench/test-cluster.ts'

const operator = callerOf('operator')
const now: DrainOptions = drainOptionsSchema.parse({ mode: 'now' })

async function twoNodes(cluster: TestCluster) {
  const controller = await cluster.start('c1')
  await cluster.leader([controller])
  const first = await cluster.agent('n1', controller)
  const second = await cluster.agent('n2', controller)
  for (const id of ['n1', 'n2'])
    await cluster.world.until(`${id} is ready`, () => nodeOf(controller, id)?.health === 'ready')
  return { controller, first, second }
}

async function runningOn(
  cluster: TestCluster,
  controller: TestController,
  agent: TestAgent,
  name = 'job',
): Promise<TaskId> {
  const input = taskSubmitSchema.parse({ name, driver: 'handler', handler: { name: 'noop' } })
  const others = ['n1', 'n2'].filter((id) => id !== agent.nodeId) as NodeId[]
  must(await cluster.world.settle(controller.controlPlane.nodes.cordon({ ids: others, reason: '' }, operator)))
  const { taskId } = must(await cluster.world.settle(controller.controlPlane.tasks.submit(input, operator)))
  await cluster.world.until(`${agent.nodeId} is told to run it`, () => agent.desired().includes(`${taskId}/1/run`))
  must(await cluster.world.settle(controller.controlPlane.nodes.uncordon({ ids: others, reason: '' }, operator)))
  await agent.report(
    { kind: 'accepted', taskId, attempt: 1 },
    { kind: 'started', taskId, attempt: 1, atMs: 1 as UnixMs },
  )
  return taskId
}

const ended = (taskId: TaskId, attempt: number): Report => ({
  kind: 'ended',
  taskId,
  attempt,
  startedAtMs: 1 as UnixMs,
  endedAtMs: 2 as UnixMs,
  exit: { code: null, signal: 'SIGTERM', error: null, outOfMemory: false, timedOut: null },
  usage: { cpuMs: null, memoryBytesMax: null },
  logTail: [],
  logBytesTotal: 0,
})

describe('a drain', () => {
  it('does what its preview said, and is over only when the agent confirmed that the processes are gone', async () => {
    const cluster = testCluster()
    const { controller, first, second } = await twoNodes(cluster)
    const { nodes, operations } = controller.controlPlane
    const taskId = await runningOn(cluster, controller, first)

    const plan = must(await cluster.world.settle(nodes.previewDrain({ ids: [first.nodeId], options: now })))
    expect(plan.moves).toMatchObject([{ taskId, fate: 'moves', fromNodeId: 'n1', toNodeId: 'n2' }])
    const input = { ids: [first.nodeId], options: now, reason: 'kernel update', planId: plan.id }
    const { operationId } = must(await cluster.world.settle(nodes.drain(input, operator)))
    await cluster.world.until('n1 is told to stop it', () => first.desired().includes(`${taskId}/1/stop`))
    await cluster.world.run(5_000)
    expect(nodeOf(controller, 'n1')).toMatchObject({ scheduling: 'draining', tasksPlaced: 1 })

    await first.report(ended(taskId, 1))
    await cluster.world.until('n2 is told to run it', () => second.desired().includes(`${taskId}/2/run`))
    await cluster.world.until('n1 is drained', () => nodeOf(controller, 'n1')?.scheduling === 'drained')
    expect(nodeOf(controller, 'n1')).toMatchObject({
      tasksPlaced: 0,
      drain: null,
      remark: { by: 'user:ana', reason: 'kernel update' },
    })
    await second.report(
      { kind: 'accepted', taskId, attempt: 2 },
      { kind: 'started', taskId, attempt: 2, atMs: 1 as UnixMs },
    )
    await cluster.world.run(2_000)
    expect(must(operations.get(operationId)).value).toMatchObject({
      state: 'done',
      progress: [{ nodeId: 'n1', state: 'done', tasksAtStart: 1, tasksLeft: 0 }],
    })
  })

  it('is refused when a task arrived after the preview, and says which', async () => {
    const cluster = testCluster()
    const { controller, first } = await twoNodes(cluster)
    const { nodes } = controller.controlPlane
    const plan = must(await cluster.world.settle(nodes.previewDrain({ ids: [first.nodeId], options: now })))
    await runningOn(cluster, controller, first, 'late')
    const input = { ids: [first.nodeId], options: now, reason: '', planId: plan.id }
    const outcome = await cluster.world.settle(nodes.drain(input, operator))
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'plan_outdated', message: expect.stringMatching(/placed there since: late/) },
    })
    expect(nodeOf(controller, 'n1')?.scheduling).toBe('open')
  })

  it('leaves the node cordoned when it is stopped, and closes the operation', async () => {
    const cluster = testCluster()
    const { controller, first } = await twoNodes(cluster)
    const { nodes, operations } = controller.controlPlane
    const taskId = await runningOn(cluster, controller, first)
    const options = drainOptionsSchema.parse({ mode: 'no-deadline' })
    const { operationId } = must(
      await cluster.world.settle(nodes.drain({ ids: [first.nodeId], options, reason: '' }, operator)),
    )
    await cluster.world.run(2_000)
    const blockedBy = must(operations.get(operationId)).value.progress[0]?.blockedBy
    expect(blockedBy).toEqual([expect.stringContaining(taskId)])

    must(
      await cluster.world.settle(
        nodes.stopDrain({ ids: [first.nodeId], uncordon: false, reason: 'not today' }, operator),
      ),
    )
    await cluster.world.run(2_000)
    expect(nodeOf(controller, 'n1')).toMatchObject({ scheduling: 'cordoned', drain: null, tasksPlaced: 1 })
    expect(must(operations.get(operationId)).value.state).toBe('stopped')
  })

  it('is carried on by the next leader when the leader was killed', async () => {
    const cluster = testCluster()
    const { controller, first } = await twoNodes(cluster)
    const standby = await cluster.start('c2')
    const taskId = await runningOn(cluster, controller, first)
    const options = drainOptionsSchema.parse({ deadlineMs: 20_000, afterDeadline: 'force' })
    must(
      await cluster.world.settle(
        controller.controlPlane.nodes.drain({ ids: [first.nodeId], options, reason: '' }, operator),
      ),
    )
    await cluster.world.run(1_000)
    await controller.kill()
    must(
      await first.connect(standby.controlPlane, {
        held: [{ taskId, attempt: 1, state: 'running', startedAtMs: 1 as UnixMs }],
      }),
    )
    await cluster.leader([standby])
    await cluster.world.until('the deadline passed and the task is stopped', () =>
      first.desired().includes(`${taskId}/1/stop`),
    )
    await first.report(ended(taskId, 1))
    await cluster.world.until('n1 is drained', () => nodeOf(standby, 'n1')?.scheduling === 'drained')
  })
})

describe('acts on nodes', () => {
  it('keep for each node of a bulk act whether it was done or why not', async () => {
    const cluster = testCluster()
    const { controller, first, second } = await twoNodes(cluster)
    const { nodes, operations, events } = controller.controlPlane
    must(await cluster.world.settle(nodes.cordon({ ids: [first.nodeId], reason: 'disk' }, operator)))
    const both = { ids: [first.nodeId, second.nodeId], reason: 'disk' }
    const { operationId } = must(await cluster.world.settle(nodes.cordon(both, operator)))
    if (!operationId) throw new Error('several nodes make an operation')
    expect(must(operations.get(operationId)).value).toMatchObject({
      state: 'done',
      progress: [
        { nodeId: 'n1', state: 'failed', blockedBy: ['n1 is already cordoned.'] },
        { nodeId: 'n2', state: 'done', blockedBy: [] },
      ],
    })
    const again = await cluster.world.settle(nodes.cordon(both, operator))
    expect(again).toMatchObject({ ok: false, error: { code: 'wrong_state', message: 'n1 is already cordoned.' } })
    const audit = must(await events.audit({ limit: 3 }))
    expect(audit.entries[0]).toMatchObject({ action: 'nodes.cordon', actor: 'user:ana', reason: 'disk' })
  })

  it('remove a node with its identity once it is drained or down, and end its session', async () => {
    const cluster = testCluster()
    const { controller, first } = await twoNodes(cluster)
    const { nodes } = controller.controlPlane
    const admin = callerOf('admin')
    const early = await cluster.world.settle(nodes.remove({ id: first.nodeId, reason: '' }, admin))
    expect(early).toMatchObject({ ok: false, error: { code: 'wrong_state' } })
    must(await cluster.world.settle(nodes.drain({ ids: [first.nodeId], options: now, reason: '' }, operator)))
    await cluster.world.until('n1 is drained', () => nodeOf(controller, 'n1')?.scheduling === 'drained')
    must(await cluster.world.settle(nodes.remove({ id: first.nodeId, reason: 'sold' }, admin)))
    expect(nodeOf(controller, 'n1')).toBeUndefined()
    expect(controller.controlPlane.vitals.metrics().agentSessions).toBe(1)
    expect(await first.connect(controller.controlPlane)).toMatchObject({
      ok: false,
      error: { code: 'bad_credentials' },
    })
  })

  it('keep the labels that an operator set when the agent connects again', async () => {
    const cluster = testCluster()
    const { controller, first } = await twoNodes(cluster)
    const labels = { disk: 'ssd' }
    must(await cluster.world.settle(controller.controlPlane.nodes.setLabels({ id: first.nodeId, labels }, operator)))
    must(await first.connect(controller.controlPlane, { labels: { disk: 'hdd', rack: 'r1' } }))
    expect(nodeOf(controller, 'n1')?.labels).toEqual(labels)
  })
})
