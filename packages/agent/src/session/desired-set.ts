import { type Assignment, type Command, desiredDigest, type HeldAttempt } from '@quarterdeck/domain/wire'
import { type AttemptRef, attemptKey } from '../attempt.ts'
import type { StopOrder } from '../host.ts'

export type DesiredCommand = Extract<Command, { kind: 'desired' }>
export type DesiredOrder =
  | { readonly kind: 'run'; readonly assignment: Assignment }
  | ({ readonly kind: 'stop' } & StopOrder)

/**
 * What the control plane wants of this node, and what that means for the attempts it holds.
 *
 * Level-triggered: a whole set says everything, so a lost, repeated or late push is healed by the next one; the digest in each beat tells
 * the controller when one is needed.
 */
export class DesiredSet {
  #assignments = new Map<string, Assignment>()
  #generation = -1
  #digest: string | null = null
  #historyId: string | null = null

  /** Takes a command in, and says what is to be done now. A set of a lower generation is older than what is known: nothing. */
  apply(command: DesiredCommand, held: readonly HeldAttempt[]): DesiredOrder[] {
    if (command.generation < this.#generation) return []
    this.#generation = command.generation
    this.#digest = null

    if (command.whole) this.#assignments = new Map()
    for (const assignment of command.assignments) this.#assignments.set(attemptKey(assignment), assignment)
    for (const key of command.released) this.#assignments.delete(key)

    const released = new Set(command.released)
    return [
      ...command.assignments.map(order),
      ...unwanted(held, (key) => (command.whole ? !this.#assignments.has(key) : released.has(key))),
    ]
  }

  /** The cluster stored the end of these: it wants nothing of them any more. */
  forget(refs: readonly AttemptRef[]): void {
    for (const ref of refs) if (this.#assignments.delete(attemptKey(ref))) this.#digest = null
  }

  /**
   * Says which history the next sets belong to. Within one, a controller whose picture is older than this node's is ignored, in a new
   * session too; another history counts anew.
   */
  enterHistory(historyId: string): void {
    if (historyId === this.#historyId) return
    this.#historyId = historyId
    this.#generation = -1
  }

  digest(): string {
    this.#digest ??= desiredDigest([...this.#assignments.values()])
    return this.#digest
  }
}

function order(assignment: Assignment): DesiredOrder {
  if (assignment.want === 'run') return { kind: 'run', assignment }
  const { taskId, attempt, graceMs, fence } = assignment
  return { kind: 'stop', ref: { taskId, attempt }, graceMs, because: 'Stopped: the control plane asked for it.', fence }
}

/** No assignment names them any more, so nobody says how much grace they get: the product's default. */
const releasedGraceMs = 10_000

function unwanted(held: readonly HeldAttempt[], isUnwanted: (key: string) => boolean): DesiredOrder[] {
  return held
    .filter((attempt) => attempt.state !== 'ended' && isUnwanted(attemptKey(attempt)))
    .map(({ taskId, attempt }) => ({
      kind: 'stop' as const,
      ref: { taskId, attempt },
      graceMs: releasedGraceMs,
      because: 'Stopped: the control plane no longer wants this attempt.',
    }))
}
