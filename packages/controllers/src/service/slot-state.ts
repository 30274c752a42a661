import { isTerminal, type Service, type Task, type UnixMs } from '@quarterdeck/domain'
import { isLeavingForGood, rank } from './replica-state.ts'

/** One slot of a service with everything in it. */
export type SlotState = {
  readonly slot: string
  /** The one that fills it: of a version that may stay, on a node that may keep it. */
  readonly kept: Task | null
  /** More of the same, one too many each. */
  readonly extra: readonly Task[]
  /** Live, and to be replaced: of another version, or on a node that is being drained. */
  readonly stale: readonly Task[]
  /** On their way out: their slot is free when they are gone. */
  readonly going: readonly Task[]
  /** The one that ended last. */
  readonly lastEnded: Task | null
}

export type SlotContext = {
  readonly service: Service
  /** Its node is being drained and does not force it out: a replacement comes first. */
  readonly isLeaving: (task: Task) => boolean
  readonly nowMs: UnixMs
}

/** Every slot that has tasks, or is wanted. */
export function slotStates(
  slots: readonly string[],
  tasks: readonly Task[],
  context: SlotContext,
): ReadonlyMap<string, SlotState> {
  const bySlot = new Map<string, Task[]>(slots.map((slot) => [slot, []]))
  for (const task of tasks) {
    if (!task.replica) continue
    const { slot } = task.replica
    bySlot.set(slot, [...(bySlot.get(slot) ?? []), task])
  }
  return new Map([...bySlot].map(([slot, each]) => [slot, slotState(slot, each, context)]))
}

function slotState(slot: string, tasks: readonly Task[], { service, isLeaving, nowMs }: SlotContext): SlotState {
  const live = tasks.filter(({ state }) => !isTerminal(state))
  const staying = live.filter((task) => !isLeavingForGood(task))
  const mayStay = (task: Task) => isVersionAccepted(service, task) && !isLeaving(task)
  // The best first; of equals the one of the wanted version, then the oldest, so that two looks name the same.
  const fitting = staying
    .filter(mayStay)
    .sort(
      (a, b) =>
        rank(service, b, nowMs) - rank(service, a, nowMs) ||
        (b.replica?.specVersion ?? 0) - (a.replica?.specVersion ?? 0) ||
        a.createdAtMs - b.createdAtMs ||
        (a.id < b.id ? -1 : 1),
    )
  const ended = tasks.filter(({ state }) => isTerminal(state))
  return {
    slot,
    kept: fitting[0] ?? null,
    extra: fitting.slice(1),
    stale: staying.filter((task) => !mayStay(task)),
    going: live.filter(isLeavingForGood),
    lastEnded: ended.reduce<Task | null>((last, task) => (last && endOf(last) >= endOf(task) ? last : task), null),
  }
}

/** While an update is paused, what ran before it may go on. */
function isVersionAccepted({ specVersion, rollout }: Service, { replica }: Task): boolean {
  if (replica?.specVersion === specVersion) return true
  return rollout?.state === 'paused' && replica?.specVersion === rollout.fromVersion
}

/** The version that a new task of this slot gets: while an update is paused, the one that the slot had. */
export function versionFor({ specVersion, rollout }: Service, { lastEnded, stale }: SlotState): number {
  const before = (stale[0] ?? lastEnded)?.replica?.specVersion
  return rollout?.state === 'paused' && before === rollout.fromVersion ? before : specVersion
}

function endOf(task: Task): number {
  return task.endedAtMs ?? task.sinceMs
}
