import type { Subscription } from '@quarterdeck/store'

/** Adds a listener until it is cancelled. */
export function listen<Listener>(listeners: Set<Listener>, listener: Listener): Subscription {
  listeners.add(listener)
  return { cancel: () => void listeners.delete(listener) }
}
