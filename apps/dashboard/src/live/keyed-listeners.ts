/**
 * Listeners by key, so that a change of one node wakes the one row that shows it and not every reader of the store.
 */
export class KeyedListeners {
  private readonly byKey = new Map<string, Set<() => void>>()

  subscribe(key: string, listener: () => void): () => void {
    const listeners = this.byKey.get(key) ?? new Set()
    listeners.add(listener)
    this.byKey.set(key, listeners)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.byKey.get(key) === listeners) this.byKey.delete(key)
    }
  }

  notify(keys: Iterable<string>): void {
    // Collected first: a listener that follows several of these keys is woken once.
    const awake = new Set<() => void>()
    for (const key of keys) for (const listener of this.byKey.get(key) ?? []) awake.add(listener)
    for (const listener of awake) listener()
  }
}
