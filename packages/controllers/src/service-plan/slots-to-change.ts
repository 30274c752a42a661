import { compareText, isTerminal, type Service, type Task } from '@quarterdeck/domain'
import { isLeavingForGood } from '../service/replica-state.ts'

/** The slots of a service that an act changes, each with the replica that it has now. */
export type SlotsToChange = {
  readonly fresh: readonly string[]
  readonly replaced: readonly { readonly slot: string; readonly task: Task }[]
  readonly removed: readonly { readonly slot: string; readonly task: Task }[]
  readonly untouched: number
}

/** @param slots those that the service shall have afterwards */
export function slotsToChange(after: Service, slots: readonly string[], tasks: readonly Task[]): SlotsToChange {
  const live = tasks.filter((task) => !isTerminal(task.state) && !isLeavingForGood(task))
  const ofSlot = new Map<string, Task>()
  for (const task of live) {
    const slot = task.replica?.slot
    // Of two in one slot, as in an update, the one that may stay counts.
    if (slot !== undefined && (!ofSlot.has(slot) || task.replica?.specVersion === after.specVersion))
      ofSlot.set(slot, task)
  }
  const wanted = new Set(slots)
  const fresh = slots.filter((slot) => !ofSlot.has(slot))
  const replaced = slots.flatMap((slot) => {
    const task = ofSlot.get(slot)
    return task && task.replica?.specVersion !== after.specVersion ? [{ slot, task }] : []
  })
  const removed = live.flatMap((task) => {
    const slot = task.replica?.slot ?? ''
    return wanted.has(slot) ? [] : [{ slot, task }]
  })
  removed.sort((a, b) => compareText(a.slot, b.slot))
  return { fresh, replaced, removed, untouched: slots.length - fresh.length - replaced.length }
}
