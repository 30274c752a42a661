import type { UnixMs } from '@quarterdeck/domain'
import type { PlanView } from './plan-view.ts'

/** How long a node that joined or came back takes up to its full share of work. */
const SLOW_START_MS = 60_000
const WARMTH_MIN = 0.1

/**
 * How far each node has warmed up: a tenth when it became ready, 1 a minute later. A machine that is empty because it has just come back
 * would otherwise draw every new task at once.
 */
export function warmthsOf({ snapshot: { healthSinceMs } }: PlanView, nowMs: UnixMs): (index: number) => number {
  return (index) => {
    const readyForMs = Math.max(0, nowMs - (healthSinceMs[index] ?? nowMs))
    return Math.min(1, Math.max(WARMTH_MIN, readyForMs / SLOW_START_MS))
  }
}

/** Each node's weight, less while it warms up. */
export function weightsOf(view: PlanView, nowMs: UnixMs): (index: number) => number {
  const { weightOf } = view.snapshot
  const warmthOf = warmthsOf(view, nowMs)
  return (index) => (weightOf[index] ?? 1) * warmthOf(index)
}
