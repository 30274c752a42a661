import { fail, type Outcome, ok } from './outcome.ts'

const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const shape = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/

/**
 * Milliseconds from `1500ms`, `15m`, `1h30m`, `0.5s`. A bare number is refused: nobody can tell whether it means seconds.
 *
 * @returns whole milliseconds, or one clause that says what is accepted
 */
export function parseDuration(text: string): Outcome<number, string> {
  const compact = text.trim().toLowerCase()
  if (!shape.test(compact)) return fail('must be a duration such as 500ms, 30s, 15m, 1h30m or 7d')
  let ms = 0
  for (const [, amount, unit] of compact.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    ms += Number(amount) * unitsMs[unit as keyof typeof unitsMs]
  }
  if (!Number.isSafeInteger(Math.round(ms))) return fail('is too long for a duration')
  return ok(Math.round(ms))
}

/** `90_000` -> `1m30s`: what `parseDuration` reads back, the two largest units only. Below a second: `250ms`. */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, Math.round(durationMs))
  if (ms < 1_000) return `${ms}ms`
  if (ms < 10_000 && ms % 1_000 !== 0) return `${(ms / 1_000).toFixed(1)}s`
  let left = Math.round(ms / 1_000)
  const parts: string[] = []
  for (const [unit, seconds] of [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(left / seconds)
    left -= count * seconds
    if (count > 0) parts.push(`${count}${unit}`)
    else if (parts.length > 0) break
    if (parts.length === 2) break
  }
  return parts.join('')
}

/** An estimate from history: "3s to 10s", or "3s" when it knows only one length. */
export function estimateInWords({ low, high }: { readonly low: number; readonly high: number }): string {
  return low === high ? formatDuration(low) : `${formatDuration(low)} to ${formatDuration(high)}`
}
