import type { Random } from '@quarterdeck/platform'

const delayMsMin = 500
const delayMsMax = 15_000
const spreadMsMin = 200

/**
 * How long to wait before dialling again, milliseconds.
 *
 * The first try after a loss is spread evenly over `spreadMs`, which the server sizes by the number of agents: all of them lost the same
 * controller at the same moment. Later tries use full jitter over a window that doubles from 0.5 to 15 seconds.
 *
 * @param failures dials that failed since the last good session; 0 right after one
 */
export function reconnectDelayMs(failures: number, spreadMs: number, random: Random): number {
  if (failures === 0) return random.next() * Math.max(spreadMsMin, spreadMs)
  const windowMs = Math.min(delayMsMax, delayMsMin * 2 ** Math.min(failures - 1, 10))
  return random.next() * windowMs
}
