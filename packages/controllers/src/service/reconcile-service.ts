import type { Service, Task, TaskId, UnixMs } from '@quarterdeck/domain'
import { isSettled, isUnhealthy } from './replica-state.ts'
import { type Restart, restartMoment } from './restart-moment.ts'
import { type SlotContext, type SlotState, slotStates, versionFor } from './slot-state.ts'

export type StopReason = 'scaled-down' | 'duplicate' | 'outdated' | 'draining' | 'unhealthy' | 'removed'

export type ServiceAction =
  | ({
      readonly kind: 'create-task'
      readonly slot: string
      readonly specVersion: number
      /** The live one that goes when this one is healthy; null when the slot is empty. */
      readonly replaces: TaskId | null
    } & Restart)
  | { readonly kind: 'stop-task'; readonly taskId: TaskId; readonly slot: string; readonly reason: StopReason }

export type ServiceInput = SlotContext & {
  /** Slots that shall each have one replica: `0`, `1`, …, or the ids of the nodes that a system service belongs on. */
  readonly slots: readonly string[]
  /** Slots that are left as they are: their node is away and may come back with its replica. */
  readonly keptSlots: ReadonlySet<string>
  /** Every task of the service, live and ended. */
  readonly tasks: readonly Task[]
}

/**
 * Says what must change for a service to have one up-to-date live task in each slot, with no regard to how much may change at once:
 * `rollingUpdate` puts a budget on it.
 *
 * Takes the whole state and no event, so a leader that missed everything decides the same as one that saw it all. Applying the actions
 * and calling again returns no actions. A task that must go is stopped only when the one that takes its place is healthy (start-first).
 */
export function reconcileService(input: ServiceInput): ServiceAction[] {
  const { service, slots, keptSlots, tasks } = input
  const isWanted = new Set(service.desired === 'removed' ? [] : slots)
  const actions: ServiceAction[] = []
  for (const state of slotStates([...isWanted], tasks, input).values()) {
    if (isWanted.has(state.slot)) actions.push(...reconcileSlot(state, input))
    else if (service.desired === 'removed' || !keptSlots.has(state.slot)) actions.push(...emptySlot(state, service))
  }
  return actions
}

function emptySlot(state: SlotState, { desired }: Service): ServiceAction[] {
  const reason = desired === 'removed' ? 'removed' : 'scaled-down'
  const all = [...(state.kept ? [state.kept] : []), ...state.extra, ...state.stale]
  return all.map((task) => stop(task, state.slot, reason))
}

function reconcileSlot(state: SlotState, { service, nowMs }: ServiceInput): ServiceAction[] {
  const { slot, kept, extra, stale, going } = state
  const actions = extra.map((task) => stop(task, slot, 'duplicate'))

  if (kept && isUnhealthy(kept) && service.restart.condition !== 'never')
    return [...actions, stop(kept, slot, 'unhealthy')]
  if (kept) {
    const mayGo = isSettled(service, kept, nowMs)
    return mayGo ? [...actions, ...stale.map((task) => stop(task, slot, whyStale(service, task)))] : actions
  }
  // What is on its way out may still hold the slot's ports and files.
  if (going.length > 0) return actions

  const [first] = stale
  const isStopFirst = service.update.order === 'stop-first'
  if (first && isStopFirst) return [...actions, ...stale.map((task) => stop(task, slot, whyStale(service, task)))]
  const specVersion = versionFor(service, state)
  const restart = restartOf(state, service, specVersion, nowMs)
  if (!restart) return actions
  return [...actions, { kind: 'create-task', slot, specVersion, replaces: first?.id ?? null, ...restart }]
}

/** How the last one ended counts only against the same version and the same try: what ended before the present one began is over. */
function restartOf(
  { lastEnded, stale }: SlotState,
  service: Service,
  specVersion: number,
  nowMs: UnixMs,
): Restart | null {
  const isOver = stale.some(({ createdAtMs }) => createdAtMs > (lastEnded?.endedAtMs ?? 0))
  const last = !isOver && lastEnded?.replica?.specVersion === specVersion ? lastEnded : null
  const restart = restartMoment(last, service.restart)
  return restart?.notBeforeMs != null && restart.notBeforeMs <= nowMs ? { ...restart, notBeforeMs: null } : restart
}

function whyStale({ specVersion }: Service, { replica }: Task): StopReason {
  return replica?.specVersion === specVersion ? 'draining' : 'outdated'
}

function stop(task: Task, slot: string, reason: StopReason): ServiceAction {
  return { kind: 'stop-task', taskId: task.id, slot, reason }
}
