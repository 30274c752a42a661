import { z } from 'zod'

const ms = (min: number, max: number, fallback: number) => z.number().int().min(min).max(max).default(fallback)

/**
 * Timings of leadership and failure detection, milliseconds. The defaults are the product's promise; tests on slow machines widen them.
 * Sources of the numbers: `docs/defaults.md`.
 */
export const timingsSchema = z.strictObject({
  leaseTtlMs: ms(200, 600_000, 3_000),
  leaseRenewMs: ms(50, 200_000, 1_000),
  /** A holder stops deciding this long before its lease can lapse. */
  leaseMarginMs: ms(10, 60_000, 500),
  candidatePollMs: ms(10, 60_000, 100),
  candidateRankStepMs: ms(0, 10_000, 50),
  /** Two looks at the holder's presence this far apart must both find it gone. */
  presenceLookGapMs: ms(10, 10_000, 150),
  /** After a takeover nothing is declared down for this long. */
  leaderGraceMs: ms(0, 600_000, 5_000),
  beatIntervalMs: ms(50, 60_000, 1_000),
  beatsPerSecondMax: ms(10, 100_000, 2_000),
  suspectAfterMs: ms(100, 600_000, 2_500),
  downAfterMs: ms(500, 3_600_000, 6_000),
  beatFlushMs: ms(10, 10_000, 250),
  reconnectSpreadPerSecond: ms(1, 100_000, 500),
  /** Agents go to another controller when no reply came for this long. */
  replyTimeoutMs: ms(200, 600_000, 3_000),
  /** Exclusive tasks: the keeper kills after this long without a confirmed beat. */
  exclusiveStopAfterMs: ms(1_000, 3_600_000, 15_000),
  exclusiveMarginMs: ms(0, 600_000, 2_000),
  nodeCollectAfterMs: ms(1_000, 30 * 24 * 3_600_000, 24 * 3_600_000),
  /** Longest turn of the control plane's own event loop before it distrusts its timers. */
  stallMs: ms(50, 600_000, 1_000),
  /** Mass brake: share of a zone (of at least 3 nodes) or of the cluster that may fall silent within the window. */
  brakeZoneShare: z.number().min(0.05).max(1).default(0.55),
  brakeClusterShare: z.number().min(0.05).max(1).default(0.3),
  brakeWindowMs: ms(1_000, 600_000, 10_000),
})
export type Timings = z.infer<typeof timingsSchema>
export const defaultTimings: Timings = timingsSchema.parse({})
