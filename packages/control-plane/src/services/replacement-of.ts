import { isTerminal, type Task } from '@quarterdeck/domain'
import type { Core } from '../core.ts'

/** The live replica in the slot of one that has ended. */
export function replacementOf(core: Core, { id, replica }: Task): Task | undefined {
  if (!replica) return undefined
  return [...core.tasks.ofService(replica.serviceId)]
    .flatMap((other) => core.cache.get('task', other)?.value ?? [])
    .find((other) => other.id !== id && other.replica?.slot === replica.slot && !isTerminal(other.state))
}
