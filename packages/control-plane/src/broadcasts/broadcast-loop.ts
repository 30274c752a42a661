import { type BroadcastStep, reconcileBroadcast, requestStop } from '@quarterdeck/controllers'
import { type Broadcast, type Stored, type TaskSubmit, taskSubmitSchema } from '@quarterdeck/domain'
import type { Change } from '@quarterdeck/store'
import { put, replace } from '../change.ts'
import type { Core } from '../core.ts'
import { newTask } from '../tasks/new-task.ts'
import { repeating } from '../work-loops/repeating.ts'
import { storeStep } from '../work-loops/store-step.ts'
import type { TaskChanges } from '../work-loops/task-changes.ts'

/** Ends of children are gathered for so long: a broadcast of a thousand nodes is not written a thousand times. */
const LOOK_MS = 500

/**
 * Creates the children of broadcasts and notes how they ended, while this controller leads. A child and the note that it was created
 * are one fenced commit, and its id is the broadcast's with its index: none is made twice.
 */
export function createBroadcastLoop(
  core: Core,
  { changes }: { readonly changes: TaskChanges },
): { start(): void; stop(): void } {
  const inFlight = new Set<string>()
  const looking = repeating(core.platform, LOOK_MS, look)

  function look(): void {
    if (!core.leadership.fence() || !core.cache.complete) return
    const nowMs = core.platform.clock.unixMs()
    for (const stored of core.cache.all('broadcast').values()) {
      if (stored.value.state !== 'running' || inFlight.has(stored.id)) continue
      const step = reconcileBroadcast(stored.value, { taskOf: (id) => core.cache.get('task', id)?.value, nowMs })
      if (!step) continue
      void changes.carryOut(stopChanges(core, step), { asLeader: true })
      if (
        step.broadcast.children.some((child, index) => child !== stored.value.children[index]) ||
        step.broadcast.winner !== stored.value.winner ||
        step.events.length > 0
      )
        void store(stored, step)
    }
  }

  /** Never rejects: what failed is decided again from the state as it is then. */
  async function store(stored: Stored<'broadcast'>, step: BroadcastStep): Promise<void> {
    inFlight.add(stored.id)
    const changes = [replace(stored, step.broadcast), ...newChildren(core, step)]
    await storeStep(core, { changes, events: step.events, what: 'a step of a broadcast', id: stored.id })
    inFlight.delete(stored.id)
  }

  return {
    start: looking.start,
    stop: looking.stop,
  }
}

function newChildren(core: Core, { broadcast, create }: BroadcastStep): Change[] {
  return create.flatMap(({ child, shard }) => {
    const input: TaskSubmit = taskSubmitSchema.parse({ ...childTask(broadcast), onNodes: [child.nodeId] })
    const { spec, task } = newTask(core, input, `broadcast:${broadcast.id}`, { id: child.taskId, shard })
    return [put('task-spec', spec, 0), put('task', task, 0)]
  })
}

/** The task of every child but for its node. */
export function childTask({ task, timeoutMs }: Pick<Broadcast, 'task' | 'timeoutMs'>): TaskSubmit {
  const { idempotencyKey: _, ...once } = task
  return {
    ...once,
    // Which nodes match was settled when the broadcast was submitted.
    constraints: [],
    notOnNodes: [],
    timeouts: { ...task.timeouts, queueMs: timeoutMs, runMs: timeoutMs },
  }
}

function stopChanges(core: Core, { broadcast, stop }: BroadcastStep) {
  const nowMs = core.platform.clock.unixMs()
  return stop.flatMap((id) => {
    const task = core.cache.get('task', id)?.value
    if (!task) return []
    const by = broadcast.cancel?.by ?? `broadcast:${broadcast.id}`
    const graceMs = broadcast.task.killGraceMs
    const change = requestStop(task, { why: 'cancel', becomes: 'cancelled', by, graceMs, timeout: null }, nowMs)
    return change.task === task ? [] : [change]
  })
}
