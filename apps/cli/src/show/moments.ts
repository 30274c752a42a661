import { formatDuration } from '@quarterdeck/domain'

/** How long ago, in the two largest units: `3m12s`. */
export function ago(atMs: number | null, nowMs = Date.now()): string {
  return atMs === null
    ? '-'
    : formatDuration(Math.max(0, Math.floor((nowMs - atMs) / 1_000) * 1_000)).replace(/^0ms$/, '0s')
}

/** Date and time of day as this machine's clock has it, to the millisecond: `2026-11-20 23:41:07.123`. */
export function moment(atMs: number): string {
  const local = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000)
  return local.toISOString().replace('T', ' ').replace('Z', '')
}
