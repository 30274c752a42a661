import type { Operation, Stored } from '@quarterdeck/domain'
import { replace } from '../change.ts'
import type { Core } from '../core.ts'
import { repeating } from './repeating.ts'
import { storeStep } from './store-step.ts'

const LOOK_MS = 500

/**
 * Writes what becomes of some operations beside their plans while this controller leads. `track` acts on nothing: it returns the operation
 * with what is new, or null when there is nothing to write. A new leader goes on where the old one stopped.
 */
export function createOperationTracker(
  core: Core,
  track: (operation: Operation) => Operation | null,
): { start(): void; stop(): void } {
  const storing = new Set<string>()
  const looking = repeating(core.platform, LOOK_MS, look)

  function look(): void {
    if (!core.leadership.fence() || !core.cache.complete) return
    for (const stored of core.cache.all('operation').values()) {
      const next = storing.has(stored.id) ? null : track(stored.value)
      if (next) void store(stored, next)
    }
  }

  async function store(stored: Stored<'operation'>, next: Operation): Promise<void> {
    storing.add(stored.id)
    await storeStep(core, { changes: [replace(stored, next)], what: 'the progress of an operation', id: stored.id })
    storing.delete(stored.id)
  }

  return {
    start: looking.start,
    stop: looking.stop,
  }
}
