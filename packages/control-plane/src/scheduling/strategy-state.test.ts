import { type NodeId, type TaskId, type TaskSubmitInput, taskSubmitSchema, unixMsSchema } from '@quarterdeck/domain'
import { afterEach, describe, expect, it } from 'vitest'
import type { Caller } from '../contract.ts'
import { submitTask } from '../tasks/submit.ts'
import { addNode, type TestCore, testCore, testCrypto } from '../test-bench/test-core.ts'
import { createClusterView } from './cluster-view.ts'
import { createSchedulingLoop, type SchedulingLoop } from './scheduling-loop.ts'
import { createTaskQueue } from './task-queue.ts'

const caller: Caller = { me: { id: 'ana', role: 'operator', kind: 'user' }, address: '127.0.0.1', requestId: 'r1' }
const longAgo = { healthSinceMs: unixMsSchema.parse(0) }
const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

describe('what a strategy remembers', () => {
  it('is stored with each placement, so that the next leader goes on with the turn after it', async () => {
    const core = await testCore()
    stops.push(core.stop)
    await addNode(core, 'a', { ...longAgo, labels: { weight: '5' } })
    await addNode(core, 'b', longAgo)
    await addNode(core, 'c', longAgo)
    await core.lead()

    const strategy = 'smooth-weighted-round-robin'
    const first = await placeAll(core, leader(core), 4, { strategy })
    // A leader that has just taken over has seen nothing but the store.
    const second = await placeAll(core, leader(core), 3, { strategy })
    expect([...first, ...second].join('')).toBe('aabacaa')
  })

  it('holds for round-robin too, in the same commit as the task', async () => {
    const core = await testCore()
    stops.push(core.stop)
    for (const id of ['n1', 'n2', 'n3']) await addNode(core, id, longAgo)
    await core.lead()
    expect(await placeAll(core, leader(core), 2, { strategy: 'round-robin' })).toEqual(['n1', 'n2'])
    const record = core.cache.get('strategy-state', 'round-robin')
    const placedAt = [...core.cache.all('task').values()].map(({ revision }) => revision)
    expect(placedAt).toContain(record?.revision)
    expect(await placeAll(core, leader(core), 2, { strategy: 'round-robin' })).toEqual(['n3', 'n1'])
  })
})

describe('a task that asks for GPUs', () => {
  it('is given devices by number and keeps others off them', async () => {
    const core = await testCore()
    stops.push(core.stop)
    const capacity = { cpuMillis: 8_000, memoryBytes: 2 ** 34, taskSlots: 8, gpus: [{ model: 'T4', count: 2 }] }
    await addNode(core, 'gpu-1', { ...longAgo, capacity })
    await core.lead()
    const placer = leader(core)
    const submit = async (shareMillis: number) => {
      const resources = { cpuMillis: 100, memoryBytes: 0, gpu: { count: 1, shareMillis } }
      return (await placeOne(core, placer, { resources }))?.gpus
    }
    expect(await submit(1_000)).toEqual([0])
    expect(await submit(600)).toEqual([1])
    expect(await submit(600)).toBeUndefined()
    expect(await submit(400)).toEqual([1])
  })
})

/** The scheduling part of a controller that begins to lead: all it knows is in the cache. */
function leader(core: TestCore): SchedulingLoop {
  const view = createClusterView(core)
  const loop = createSchedulingLoop(core, { view, queue: createTaskQueue(core) })
  loop.start()
  stops.push(loop.stop)
  return loop
}

async function placeAll(
  core: TestCore,
  placer: SchedulingLoop,
  count: number,
  change: Partial<TaskSubmitInput>,
): Promise<(NodeId | null)[]> {
  const nodes: (NodeId | null)[] = []
  for (let each = 0; each < count; each++) nodes.push((await placeOne(core, placer, change))?.nodeId ?? null)
  placer.stop()
  return nodes
}

async function placeOne(core: TestCore, placer: SchedulingLoop, change: Partial<TaskSubmitInput>) {
  const input = taskSubmitSchema.parse({ name: 'job', driver: 'handler', handler: { name: 'noop' }, ...change })
  const submitted = await submitTask(core, { crypto: testCrypto, placer }, input, caller)
  if (!submitted.ok) throw new Error(submitted.error.message)
  await core.cache.fresh()
  return taskOnNode(core, submitted.value.taskId)
}

async function taskOnNode(core: TestCore, id: TaskId) {
  for (let tries = 0; tries < 200; tries++) {
    const task = core.cache.get('task', id)?.value
    if (task?.nodeId) return task
    await new Promise((resolve) => setImmediate(resolve))
  }
  return core.cache.get('task', id)?.value
}
