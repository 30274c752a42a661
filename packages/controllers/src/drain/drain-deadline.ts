import type { Node, NodeDrain, UnixMs } from '@quarterdeck/domain'

/** When the tasks of a draining node stop being waited for; null when they are waited for without end, or not at all. */
export function drainDeadlineMs({ mode, startedAtMs, deadlineMs }: NodeDrain): UnixMs | null {
  return mode === 'wait' ? ((startedAtMs + deadlineMs) as UnixMs) : null
}

/** When the next deadline of any drain passes; null when there is none. The loop looks again then, besides at every change. */
export function nextDrainDeadlineMs(nodes: Iterable<Node>): UnixMs | null {
  let earliest: UnixMs | null = null
  for (const { drain } of nodes) {
    const atMs = drain ? drainDeadlineMs(drain) : null
    if (atMs !== null && (earliest === null || atMs < earliest)) earliest = atMs
  }
  return earliest
}
