const STEPS_MS = [500, 1_000, 2_000, 4_000, 8_000] as const

/** Wait before the given attempt (1 = first), with up to half of it taken off at random so that many pages do not return at once. */
export function reconnectDelayMs(attempt: number, random: () => number): number {
  const step = STEPS_MS[Math.min(Math.max(attempt, 1), STEPS_MS.length) - 1] ?? 8_000
  return Math.round(step * (1 - random() / 2))
}
