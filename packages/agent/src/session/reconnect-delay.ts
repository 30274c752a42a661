import type { Random } from '@quarterdeck/platform'

const delayMsMin = 500
const delayMsMax = 15_000
/** In a small cluster nobody needs longer pauses, and a longer one would look like death: a silent node is down after 6 s. */
const delayMsMaxOfFew = 3_000
const spreadMsMin = 200

/**
 * How long to wait before dialling again, milliseconds.
 *
 * The first try after a loss is spread evenly over `spreadMs`, which the server sizes by the number of agents: all of them lost the same
 * controller at the same moment. Later tries use full jitter over a window that doubles from 0.5 s to the spread, but to 3 s at least
 * and 15 s at most: whoever leads after an outage waits for the spread and 4 s more before it calls a silent node down.
 *
 * @param failures dials that failed since the last good session; 0 right after one
 * @param spreadMs as the last session told it, milliseconds; 0 before the first one
 */
export function reconnectDelayMs(failures: number, spreadMs: number, random: Random): number {
  if (failures === 0) return random.next() * Math.max(spreadMsMin, spreadMs)
  const longestMs = Math.min(delayMsMax, Math.max(delayMsMaxOfFew, spreadMs))
  return random.next() * Math.min(longestMs, delayMsMin * 2 ** Math.min(failures - 1, 10))
}
