import { assert } from '@quarterdeck/domain'

/** Where the tail of the distribution underflows. */
export const PHI_MAX = 300

/**
 * Suspicion level of a node, from how long its beat is overdue.
 *
 * phi = -log10(probability that a beat is still to come), with the gaps between beats taken as normally distributed. phi 1 is wrong
 * about 1 time in 10, phi 8 about 1 in 10^8.
 *
 * Source: Hayashibara et al., "The phi Accrual Failure Detector" (SRDS 2004). The normal tail is the logistic approximation
 * 1 / (1 + e^(x * (1.5976 + 0.070566 x^2))), absolute error below 0.0002. Far out it reads high: at 5 deviations phi 7.3, where the
 * exact tail gives 6.5.
 *
 * @param gapsMs last gaps between beats, milliseconds, each >= 0; 2 or more
 * @param elapsedMs since the last beat, milliseconds, >= 0, from a monotonic clock
 * @param deviationMsMin floor for the standard deviation, milliseconds, > 0. A node that is perfectly regular would otherwise be
 *   suspected after the first millisecond of delay
 * @returns phi >= 0, no unit; rises with `elapsedMs`; capped at PHI_MAX
 * @throws AssertionError when fewer than 2 gaps are given (callers use a fixed timeout until then)
 */
export function phi(gapsMs: readonly number[], elapsedMs: number, deviationMsMin: number): number {
  assert(gapsMs.length >= 2, `phi needs 2 gaps, got ${gapsMs.length}`)
  const meanMs = gapsMs.reduce((sum, gap) => sum + gap, 0) / gapsMs.length
  const variance = gapsMs.reduce((sum, gap) => sum + (gap - meanMs) ** 2, 0) / gapsMs.length
  const deviationMs = Math.max(Math.sqrt(variance), deviationMsMin)
  const x = (elapsedMs - meanMs) / deviationMs
  const tail = 1 / (1 + Math.exp(x * (1.5976 + 0.070566 * x * x)))
  return tail > 0 ? Math.min(Math.max(0, -Math.log10(tail)), PHI_MAX) : PHI_MAX
}
