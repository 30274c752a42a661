import { formatDuration, parseDuration } from './durations.ts'
import { type Taint, type Toleration, taintEffects, taintSchema, tolerationSchema } from './placing.ts'

export const taintHint = `key:effect or key=value:effect, with ${taintEffects.join(', ')}`
export const tolerationHint = 'key or key=value, and for no-execute how long: key=value,10m'

/** `key:no-schedule`, `key=value:prefer-not`. Null when it cannot be read. */
export function parseTaint(text: string): Taint | null {
  const at = text.lastIndexOf(':')
  if (at < 0) return null
  const [key, value = ''] = pairOf(text.slice(0, at))
  return taintSchema.safeParse({ key, value, effect: text.slice(at + 1) }).data ?? null
}

export function writeTaint({ key, value, effect }: Taint): string {
  return `${key}${value === '' ? '' : `=${value}`}:${effect}`
}

/** `key`, `key=value`, either with `,10m`. Values hold no commas. */
export function parseToleration(text: string): Toleration | null {
  const [what = '', time, ...more] = text.split(',')
  if (more.length > 0) return null
  const [key, value] = pairOf(what)
  const duration = time === undefined ? null : parseDuration(time)
  if (duration && !duration.ok) return null
  const input = { key, ...(value === undefined ? {} : { value }), ...(duration ? { forMs: duration.value } : {}) }
  return tolerationSchema.safeParse(input).data ?? null
}

export function writeToleration({ key, value, forMs }: Toleration): string {
  return `${key}${value === undefined ? '' : `=${value}`}${forMs === undefined ? '' : `,${formatDuration(forMs)}`}`
}

function pairOf(text: string): readonly [string, string | undefined] {
  const at = text.indexOf('=')
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
