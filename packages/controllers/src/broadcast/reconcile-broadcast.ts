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
  {
    taskOf,
    nowMs,
  }: { taskOf(id: TaskId): Pick<Task, 'state' | 'exit' | 'stop' | 'endedAtMs'> | undefined; readonly nowMs: UnixMs },
): BroadcastStep | null {
  if (broadcast.state !== 'running') return null
  const create: { child: BroadcastChild; shard: Shard }[] = []
  const stop: TaskId[] = []
  let isChanged = false

  const winner = broadcast.winner ?? firstSuccess(broadcast, taskOf)
  const isDecided = broadcast.cancel !== null || winner !== undefined

  const children = broadcast.children.map((child, index) => {
    if (child.ended !== null) return child
    const next = child.created ? settle(child) : begin(child, index)
    if (next !== child) isChanged = true
    return next
  })

  function begin(child: BroadcastChild, index: number): BroadcastChild {
    if (isDecided) return { ...child, ended: 'cancelled' }
    if (create.length >= CREATED_PER_STEP || !isTurn(broadcast, index, nowMs)) return child
    const created = { ...child, created: true }
    create.push({ child: created, shard: { index, total: broadcast.children.length } })
    return created
  }

  function settle(child: BroadcastChild): BroadcastChild {
    const task = taskOf(child.taskId)
    // Gone without a trace: it ended long ago and was reaped before anybody looked.
    if (!task) return { ...child, ended: 'lost-unknown' }
    if (isTerminal(task.state)) return { ...child, ended: task.state, exitCode: task.exit?.code ?? null }
    if (isDecided && task.stop?.becomes !== 'cancelled') stop.push(child.taskId)
    return child
  }

  const isOver = children.every(({ ended }) => ended !== null)
  const hasNewWinner = winner !== broadcast.winner
  if (!isChanged && !hasNewWinner && stop.length === 0 && !isOver) return null
  const decided: Broadcast = { ...broadcast, children, ...(winner === undefined ? {} : { winner }) }
  const next: Broadcast = isOver ? { ...decided, state: verdict(decided), endedAtMs: nowMs } : decided
  return { broadcast: next, create, stop, events: isOver ? [endEvent(next)] : [] }
}

/** Of a race: the task that succeeded first, once one has. */
function firstSuccess(
  { race, children }: Broadcast,
  taskOf: (id: TaskId) => Pick<Task, 'state' | 'endedAtMs'> | undefined,
): TaskId | undefined {
  if (!race) return undefined
  const succeeded = children.flatMap(({ taskId, created }) => {
    const task = created ? taskOf(taskId) : undefined
    return task?.state === 'succeeded' ? [{ taskId, endedAtMs: task.endedAtMs ?? Number.POSITIVE_INFINITY }] : []
  })
  return succeeded.sort((left, right) => left.endedAtMs - right.endedAtMs)[0]?.taskId
}

/** Hedging: a further node begins when it has been waited for long enough, or when none before it can win any more. */
function isTurn({ race, createdAtMs, children }: Broadcast, index: number, nowMs: UnixMs): boolean {
  if (!race || race.hedgeAfterMs === 0 || index === 0) return true
  return (
    nowMs >= createdAtMs + index * race.hedgeAfterMs || children.slice(0, index).every(({ ended }) => ended !== null)
  )
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

function endEvent({ id, state, task, children, winner }: Broadcast): ClusterEvent {
  const won = children.find(({ taskId }) => taskId === winner)
  const succeeded = children.filter(({ ended }) => ended === 'succeeded').length
  return {
    type: `broadcast.${state}`,
    subject: { kind: 'broadcast', id },
    severity: state === 'failed' ? 'error' : 'info',
    text: `Broadcast ${task.name} (${id}) ${state}: ${won ? `${won.nodeId} was first of ${children.length}` : `${succeeded} of ${children.length} nodes succeeded`}`.slice(
      0,
      limits.reasonLengthMax,
    ),
  }
}
