import type { UnixMs } from '@quarterdeck/domain'
import type { NodeEntry } from './node-entry.ts'

/** How long a node that joined or came back takes up to its full share of work. */
const SLOW_START_MS = 60_000
const WARMTH_MIN = 0.1

/**
 * How far a node has warmed up: a tenth when it became ready, 1 a minute later. A machine that is empty because it has just come back
 * would otherwise draw every new task at once.
 */
export function warmth({ node }: NodeEntry, nowMs: UnixMs): number {
  const readyForMs = Math.max(0, nowMs - node.healthSinceMs)
  return Math.min(1, Math.max(WARMTH_MIN, readyForMs / SLOW_START_MS))
}

/** The node's weight, less while it warms up. */
export function effectiveWeight(entry: NodeEntry, nowMs: UnixMs): number {
  return entry.weight * warmth(entry, nowMs)
}
