import {
  type Broadcast,
  type BroadcastChild,
  type ClusterEvent,
  isTerminal,
  limits,
  type Shard,
  type SuccessRule,
  type Task,
  type TaskId,
  type UnixMs,
} from '@quarterdeck/domain'

/** Children that are created in one step: two objects each, in the commit that also rewrites the broadcast. */
const CREATED_PER_STEP = 100

export type BroadcastStep = {
  readonly broadcast: Broadcast
  readonly create: readonly { readonly child: BroadcastChild; readonly shard: Shard }[]
  readonly stop: readonly TaskId[]
  readonly events: readonly ClusterEvent[]
}

/**
 * Says what one broadcast must do now; null when nothing. Level-triggered: a leader that takes over creates the children that are not
 * there, and ends it when all have ended. Applying the step and calling again returns the next step or null, never the same one.
 */
export function reconcileBroadcast(
  broadcast: Broadcast,
  { taskOf, nowMs }: { taskOf(id: TaskId): Pick<Task, 'state' | 'exit' | 'stop'> | undefined; readonly nowMs: UnixMs },
): BroadcastStep | null {
  if (broadcast.state !== 'running') return null
  const create: { child: BroadcastChild; shard: Shard }[] = []
  const stop: TaskId[] = []
  let isChanged = false

  const children = broadcast.children.map((child, index) => {
    if (child.ended !== null) return child
    const next = child.created ? settle(child) : begin(child, index)
    if (next !== child) isChanged = true
    return next
  })

  function begin(child: BroadcastChild, index: number): BroadcastChild {
    if (broadcast.cancel) return { ...child, ended: 'cancelled' }
    if (create.length >= CREATED_PER_STEP) return child
    const created = { ...child, created: true }
    create.push({ child: created, shard: { index, total: broadcast.children.length } })
    return created
  }

  function settle(child: BroadcastChild): BroadcastChild {
    const task = taskOf(child.taskId)
    // Gone without a trace: it ended long ago and was reaped before anybody looked.
    if (!task) return { ...child, ended: 'lost-unknown' }
    if (isTerminal(task.state)) return { ...child, ended: task.state, exitCode: task.exit?.code ?? null }
    if (broadcast.cancel && task.stop?.becomes !== 'cancelled') stop.push(child.taskId)
    return child
  }

  const isOver = children.every(({ ended }) => ended !== null)
  if (!isChanged && stop.length === 0 && !isOver) return null
  const next: Broadcast = isOver
    ? { ...broadcast, children, state: verdict({ ...broadcast, children }), endedAtMs: nowMs }
    : { ...broadcast, children }
  return { broadcast: next, create, stop, events: isOver ? [endEvent(next)] : [] }
}

function verdict({ cancel, children, success }: Broadcast): Broadcast['state'] {
  const succeeded = children.filter(({ ended }) => ended === 'succeeded').length
  if (fulfils(success, succeeded, children.length)) return 'succeeded'
  return cancel ? 'cancelled' : 'failed'
}

/** Whether so many successes of so many children are enough. */
export function fulfils(success: SuccessRule, succeeded: number, total: number): boolean {
  switch (success.rule) {
    case 'all':
      return succeeded === total
    case 'share':
      return succeeded * 100 >= success.percent * total
    case 'any':
      return succeeded > 0
  }
}

function endEvent({ id, state, task, children }: Broadcast): ClusterEvent {
  const succeeded = children.filter(({ ended }) => ended === 'succeeded').length
  return {
    type: `broadcast.${state}`,
    subject: { kind: 'broadcast', id },
    severity: state === 'failed' ? 'error' : 'info',
    text: `Broadcast ${task.name} (${id}) ${state}: ${succeeded} of ${children.length} nodes succeeded`.slice(
      0,
      limits.reasonLengthMax,
    ),
  }
}
