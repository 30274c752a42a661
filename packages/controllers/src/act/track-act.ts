import {
  type ActOutcome,
  type ActPlan,
  type ControllerId,
  formatDuration,
  type Node,
  type NodeId,
  type Operation,
  type Room,
  type Task,
  type TaskId,
  type UnixMs,
} from '@quarterdeck/domain'
import { whatHappened } from '../drain/track-operation.ts'

/** A controller starts or stops within seconds; one that has not after this long will not without help. */
const ROLE_WITHIN_MS = 120_000
/** What a removed node leaves behind is placed within moments; one that waits longer has nowhere to go. */
const PLACED_WITHIN_MS = 30_000

export type ActWorld = {
  readonly room: Room
  /** The live ones. */
  readonly controllers: readonly { readonly id: ControllerId; readonly nodeId: NodeId | null }[]
  readonly leader: ControllerId | null
  readonly nodeOf: (id: NodeId) => Pick<Node, 'desiredRole'> | undefined
  readonly taskOf: (id: TaskId) => Task | undefined
  /** The live replica in the slot of a replica that has ended. */
  readonly replacementOf: (task: Task) => Task | undefined
  readonly nowMs: UnixMs
}

/** An act that was planned and confirmed. */
export type ActOperation = Operation & { readonly act: NonNullable<Operation['act']> }

export function isActOperation(operation: Operation): operation is ActOperation {
  return operation.act !== undefined && operation.state === 'running'
}

/**
 * The operation with what really happened written beside its plan; null when there is nothing new to say. It reads and acts on nothing:
 * agents and the failover do the work, whoever watches.
 */
export function trackAct(operation: ActOperation, world: ActWorld): Operation | null {
  const { plan } = operation.act
  const actual = plan.moves.map((move) => whatHappened(move, world))
  const isLate = world.nowMs - operation.startedAtMs > (plan.act === 'remove' ? PLACED_WITHIN_MS : ROLE_WITHIN_MS)
  const progress = operation.progress.map((entry) => progressOf(entry, { plan, actual, isLate }, world))
  const isOver = progress.every(({ state }) => state !== 'running' && state !== 'waiting')
  const next: Operation = {
    ...operation,
    actual,
    progress,
    ...(isOver
      ? { state: endOf(progress), endedAtMs: world.nowMs, act: { plan, actual: outcomeOf(plan, world) } }
      : {}),
  }
  return JSON.stringify(next) === JSON.stringify(operation) ? null : next
}

type Entry = Operation['progress'][number]
type Standing = { readonly plan: ActPlan; readonly actual: Operation['actual']; readonly isLate: boolean }

/** A node that refused the act when it was begun has `failed` already. */
function progressOf(entry: Entry, { plan, actual, isLate }: Standing, world: ActWorld): Entry {
  if (entry.state !== 'running' && entry.state !== 'waiting') return entry
  const isHosting = world.controllers.some(({ nodeId }) => nodeId === entry.nodeId)
  const node = world.nodeOf(entry.nodeId)
  switch (plan.act) {
    case 'cordon':
      return ended(entry, 'done')
    case 'promote':
      if (isHosting) return ended(entry, 'done')
      if (node?.desiredRole !== 'standby')
        return ended(entry, 'stopped', 'Somebody asked for something else meanwhile.')
      return isLate
        ? ended(entry, 'failed', `No controller came up on ${entry.nodeId} within ${formatDuration(ROLE_WITHIN_MS)}.`)
        : { ...entry, blockedBy: [`The controller on ${entry.nodeId} is starting.`] }
    case 'demote':
      if (!isHosting) return ended(entry, 'done')
      if (node && node.desiredRole !== 'worker')
        return ended(entry, 'stopped', 'Somebody asked for something else meanwhile.')
      return isLate
        ? ended(
            entry,
            'failed',
            `The controller on ${entry.nodeId} still runs after ${formatDuration(ROLE_WITHIN_MS)}.`,
          )
        : { ...entry, blockedBy: [`The controller on ${entry.nodeId} is stopping.`] }
    case 'remove': {
      const open = plan.moves.filter(({ taskId, fate }) => fate === 'moves' && isOpen(actual, taskId))
      if (open.length === 0 || isLate) return { ...ended(entry, 'done'), tasksLeft: open.length }
      return { ...entry, tasksLeft: open.length, blockedBy: [`${open.length} of its tasks are not placed again yet.`] }
    }
    default:
      return plan.act satisfies never
  }
}

/** A task that is unknown may be an exclusive one, which begins elsewhere once its old node must have stopped it. */
const openFates: ReadonlySet<string> = new Set(['waiting', 'here', 'unknown'])

function isOpen(actual: Operation['actual'], taskId: TaskId): boolean {
  return actual.some((each) => each.taskId === taskId && openFates.has(each.fate))
}

function ended(entry: Entry, state: 'done' | 'stopped' | 'failed', because?: string): Entry {
  return { ...entry, state, blockedBy: because === undefined ? [] : [because] }
}

function endOf(progress: readonly Entry[]): Operation['state'] {
  // Of several nodes, those that refused say so themselves.
  if (progress.every(({ state }) => state === 'failed')) return 'failed'
  return progress.some(({ state }) => state === 'stopped') ? 'stopped' : 'done'
}

function outcomeOf({ room, controllers, handover }: ActPlan, world: ActWorld): ActOutcome {
  return {
    room: room ? world.room : null,
    controllers: controllers ? world.controllers.length : null,
    leader: handover ? world.leader : null,
  }
}
