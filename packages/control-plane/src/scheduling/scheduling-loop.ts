import { assign } from '@quarterdeck/controllers'
import { type DecisionEntry, isPlaced, type Task, type TaskSpec } from '@quarterdeck/domain'
import { type Pending, type Placement, plan } from '@quarterdeck/scheduler'
import type { Change, CommitReply, LeaseFence, ObjectChange } from '@quarterdeck/store'
import { ownMeta } from '../actor.ts'
import { type Draft, put, replace } from '../change.ts'
import { storeError } from '../commit-draft.ts'
import type { Core } from '../core.ts'
import { type ClusterView, placedTask } from './cluster-view.ts'
import { createDecisionBook } from './decision-book.ts'
import { createPreempting } from './preempting.ts'
import type { TaskQueue } from './task-queue.ts'

const TASKS_PER_PLAN = 1_000
/** Refusals of one pass whose reason is stored; the others keep waiting and come in a later pass. */
const REFUSALS_STORED_PER_PASS = 200
/** Nodes to avoid are forgotten and loads change without any commit, so the queue is looked at again at least this often. */
const LOOK_AGAIN_MS = 1_000

/** Places a task in the same commit that stores it, when this controller leads and nothing waits before it. */
export type Placer = {
  /** Null when the task must queue. The room is held until `commit` returns. */
  place(task: Task, spec: TaskSpec): { commit(draft: Draft): Promise<CommitReply> } | null
}

export type SchedulingLoop = Placer & { start(): void; stop(): void; wake(): void }

/**
 * Takes waiting tasks in order, plans, and commits each placement by itself: fenced, and only if the task and the node are still as the
 * plan saw them. What is refused stays in the queue with its reason. Active only while this controller leads.
 */
export function createSchedulingLoop(
  core: Core,
  { view, queue }: { readonly view: ClusterView; readonly queue: TaskQueue },
): SchedulingLoop {
  const inFlight = new Set<Task['id']>()
  const book = createDecisionBook()
  const preempting = createPreempting(core, view)
  let examinedAll = true
  let isScheduled = false
  let stopped = true
  let timer: { cancel(): void } | null = null

  function wake(): void {
    // With nothing waiting there is nothing to look at, and a task that comes now is placed in the commit that stores it.
    examinedAll = queue.size === 0
    if (examinedAll || isScheduled || stopped) return
    isScheduled = true
    core.platform.timers.soon(() => {
      isScheduled = false
      if (!stopped) pass()
    })
  }

  function pass(): void {
    const fence = core.leadership.fence()
    if (!fence || !core.cache.complete) return
    examinedAll = true
    if (queue.size === 0) return
    view.takeLoads()
    let refusalsStored = 0
    let chunk: Pending[] = []
    for (const id of queue.ids()) {
      const pending = inFlight.has(id) ? null : pendingOf(core, id)
      if (pending) chunk.push(pending)
      if (chunk.length < TASKS_PER_PLAN) continue
      refusalsStored += decide(chunk, fence, refusalsStored)
      chunk = []
    }
    if (chunk.length > 0) decide(chunk, fence, refusalsStored)
  }

  function decide(pending: readonly Pending[], fence: LeaseFence, refusalsBefore: number): number {
    const made = plan(view.snapshot, pending, { random: core.platform.random, nowMs: core.platform.clock.unixMs() })
    for (const placement of made.placements) {
      remember(placement)
      const stored = core.cache.get('task', placement.taskId)
      if (stored) void carryOut(placement, replace(stored, assigned(core, stored.value, placement, fence)), fence)
    }
    const refusals = made.refusals.slice(0, Math.max(0, REFUSALS_STORED_PER_PASS - refusalsBefore))
    core.counters.refusals += made.refusals.length
    storeRefusals(refusals, fence)
    const refused = new Set(made.refusals.map(({ taskId }) => taskId))
    preempting.makeRoomFor(
      pending.filter(({ task, spec }) => spec.preempts === true && refused.has(task.id)),
      fence,
    )
    return refusals.length
  }

  /** Never rejects: what failed is in the queue again, and the loop comes back to it. */
  async function carryOut(placement: Placement, assignment: Change, fence: LeaseFence): Promise<void> {
    const { taskId } = placement
    try {
      const reply = await commitPlacement(placement, [assignment], ownMeta(core), fence)
      if (reply.status !== 'committed') wake()
    } catch (error) {
      core.platform.log.warn('a placement was not stored', { taskId, because: storeError(error).message })
    }
  }

  async function commitPlacement(
    placement: Placement,
    changes: readonly Change[],
    meta: Draft['meta'],
    fence: LeaseFence,
  ): Promise<CommitReply> {
    const { taskId, nodeId, nodeRevision, decision } = placement
    inFlight.add(taskId)
    try {
      const reply = await core.committer.commit(
        {
          fence,
          changes: [
            ...changes,
            ...decisionChange(placement.taskId, decision),
            ...placement.remember.map((record) => put('strategy-state', record, 'any')),
          ],
          checks: [{ kind: 'node', id: nodeId, expect: nodeRevision }],
          meta,
        },
        'priority',
      )
      if (reply.status === 'committed') {
        core.counters.placements += 1
        core.leadership.decided()
      }
      if (reply.status === 'fenced') core.leadership.fenced()
      return reply
    } finally {
      inFlight.delete(taskId)
      view.settle(taskId)
    }
  }

  /** At once, so that the next decision goes on from this one; stored with the placement for whoever leads next. */
  function remember({ remember }: Placement): void {
    for (const record of remember) view.snapshot.memory.take(record)
  }

  function decisionChange(taskId: Task['id'], decision: DecisionEntry): Change[] {
    const object = book.entry(taskId, decision)
    return object ? [put('decision', object, 'any')] : []
  }

  function storeRefusals(
    refusals: readonly { readonly taskId: Task['id']; readonly decision: DecisionEntry }[],
    fence: LeaseFence,
  ): void {
    const changes = refusals.flatMap(({ taskId, decision }) => decisionChange(taskId, decision))
    if (changes.length === 0) return
    // Only explanations: when this is lost, the next change of the reason writes it again.
    core.committer
      .commit({ fence, changes, meta: ownMeta(core) })
      .then((reply) => {
        if (reply.status === 'fenced') core.leadership.fenced()
      })
      .catch(() => undefined)
  }

  core.cache.subscribe((change) => {
    if (change.kind === 'reset' || change.changes.some(frees)) wake()
  })
  queue.onArrival(wake)
  core.leadership.subscribe(wake)

  return {
    wake,
    start() {
      stopped = false
      timer = core.platform.timers.every(LOOK_AGAIN_MS, () => {
        if (queue.size > 0) wake()
      })
      wake()
    },
    stop() {
      stopped = true
      timer?.cancel()
    },

    place(task, spec) {
      const fence = core.leadership.fence()
      const queueIsServed = examinedAll && !isScheduled
      if (stopped || !fence || !core.cache.complete || !queueIsServed) return null
      view.takeLoads()
      const made = plan(view.snapshot, [{ task, spec }], {
        random: core.platform.random,
        nowMs: core.platform.clock.unixMs(),
      })
      const placement = made.placements[0]
      if (!placement) return null
      remember(placement)
      const next = assigned(core, task, placement, fence)
      view.hold(placedTask(next, placement.nodeId, spec))
      return {
        commit: ({ changes, meta }) => commitPlacement(placement, [...changes, put('task', next, 0)], meta, fence),
      }
    },
  }

  function assigned(core: Core, task: Task, placement: Placement, fence: LeaseFence): Task {
    const next = assign(task, {
      nodeId: placement.nodeId,
      gpus: placement.gpus,
      ports: placement.ports,
      epoch: fence.epoch,
      nowMs: core.platform.clock.unixMs(),
    }).task
    view.hold(placedTask(next, placement.nodeId, core.cache.get('task-spec', next.id)?.value))
    return next
  }
}

/** Room or a node may have appeared. */
function frees(change: ObjectChange): boolean {
  if (change.kind === 'node' || change.kind === 'breaker') return true
  if (change.kind !== 'task' || !change.before) return false
  return isPlaced(change.before.value.state) && !(change.after && isPlaced(change.after.value.state))
}

function pendingOf(core: Core, id: Task['id']): Pending | null {
  const task = core.cache.get('task', id)?.value
  const spec = core.cache.get('task-spec', id)?.value
  return task && spec ? { task, spec } : null
}
