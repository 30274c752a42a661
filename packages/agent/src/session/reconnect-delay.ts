import type { Random } from '@quarterdeck/platform'

const delayMsMin = 500
const delayMsMax = 15_000
/** In a small cluster nobody needs longer pauses, and a longer one would look like death: a silent node is down after 6 s. */
const delayMsMaxOfFew = 3_000
const spreadMsMin = 200
const patienceMsMin = 2_000
const patienceMsMax = 10_000

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

/**
 * How long one step of a dial may take before the next controller gets its turn, milliseconds.
 *
 * A controller that stands still accepts connections and answers nothing. An agent that lost one such controller has spent half of the
 * down delay already when it meets a second, so its patience is short at first. It grows with the cluster, and doubles when nobody
 * answers: controllers that are only slow, or met by thousands of agents at once, are not given up for ever.
 *
 * @param rounds times in a row that every controller was dialled and none answered; a refusal is an answer
 * @param spreadMs as the last session told it, milliseconds; null before the first one, when nobody counts on this node yet
 */
export function dialPatienceMs(rounds: number, spreadMs: number | null): number {
  if (spreadMs === null) return patienceMsMax
  return Math.min(patienceMsMax, Math.max(patienceMsMin, spreadMs) * 2 ** Math.min(rounds, 10))
}
