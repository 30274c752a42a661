const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A span of time in at most two units: "0.4 s", "12 s", "4 m 10 s", "3 h 12 m", "2 d". Milliseconds below 1 are "0 ms". */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '0 ms'
  if (ms < 100) return `${Math.round(ms)} ms`
  if (ms < 10 * SECOND) return `${Number((ms / SECOND).toFixed(1))} s`
  if (ms < MINUTE) return `${Math.round(ms / SECOND)} s`
  if (ms < HOUR) return pair(ms, MINUTE, 'm', SECOND, 's')
  if (ms < DAY) return pair(ms, HOUR, 'h', MINUTE, 'm')
  return pair(ms, DAY, 'd', HOUR, 'h')
}

/** The same for ages that are renewed once a second: whole seconds, because a tenth would be invented. */
export function formatAge(ms: number): string {
  return ms < MINUTE ? `${Math.max(0, Math.round(ms / SECOND))} s` : formatDuration(ms)
}

function pair(ms: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const bigs = Math.floor(ms / big)
  const smalls = Math.floor((ms % big) / small)
  return smalls === 0 ? `${bigs} ${bigUnit}` : `${bigs} ${bigUnit} ${smalls} ${smallUnit}`
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY }

/** Reads "90s", "15m", "1h30m" or "2d"; null when it is none of these. */
export function parseDuration(text: string): number | null {
  const compact = text.toLowerCase().replace(/\s+|in$/g, '')
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(compact)) return null
  let totalMs = 0
  for (const [, amount = '0', , unit = 's'] of compact.matchAll(/(\d+(\.\d+)?)(ms|s|m|h|d)/g))
    totalMs += Number(amount) * (unitMs[unit] ?? 0)
  return Math.round(totalMs)
}

export const DURATION_HINT = 'Write a duration like 90s, 15m or 1h30m.'

/** The same the other way round, for a field's text: 5400000 is "1h30m". */
export function writeDuration(ms: number): string {
  let text = ''
  let rest = ms
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const amount = Math.floor(rest / (unitMs[unit] ?? 1))
    if (amount > 0) text += `${amount}${unit}`
    rest -= amount * (unitMs[unit] ?? 1)
  }
  return text || '0s'
}
