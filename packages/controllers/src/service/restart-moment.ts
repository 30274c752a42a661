import type { RestartPolicy, Task, UnixMs } from '@quarterdeck/domain'
import { hasFailed } from './replica-state.ts'

export type Restart = {
  /** Not before this moment; null: now. */
  readonly notBeforeMs: UnixMs | null
  readonly restarts: number
  readonly restartsSinceMs: UnixMs | null
}

const FRESH: Restart = { notBeforeMs: null, restarts: 0, restartsSinceMs: null }

/**
 * When the next task of a slot may begin after `last` ended; null when its policy says that it stays as it is.
 *
 * Each restart of a window waits twice as long as the one before it. When a window has had its attempts, the next restart waits until
 * the window is over: a replica that cannot work costs little, and is there again by itself once it can.
 */
export function restartMoment(last: Task | null, policy: RestartPolicy): Restart | null {
  if (!last?.replica) return FRESH
  const { restarts, restartsSinceMs } = last.replica
  // Somebody stopped it: that is no failure, and the slot is wanted.
  if (last.state === 'cancelled') return { notBeforeMs: null, restarts, restartsSinceMs }
  if (policy.condition === 'never') return null
  if (policy.condition === 'on-failure' && !hasFailed(last)) return null

  const endedAtMs = last.endedAtMs ?? last.sinceMs
  const isSameWindow = restartsSinceMs !== null && endedAtMs - restartsSinceMs < policy.windowMs
  const count = isSameWindow ? restarts + 1 : 1
  const sinceMs = isSameWindow ? restartsSinceMs : endedAtMs
  if (count > policy.attempts) {
    const nextMs = (sinceMs + policy.windowMs) as UnixMs
    return { notBeforeMs: nextMs, restarts: 1, restartsSinceMs: nextMs }
  }
  const delayMs = Math.min(policy.delayMsMax, policy.delayMs * 2 ** Math.min(30, count - 1))
  return { notBeforeMs: (endedAtMs + delayMs) as UnixMs, restarts: count, restartsSinceMs: sinceMs }
}
