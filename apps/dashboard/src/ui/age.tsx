'use client'

import { formatAge } from '../format/duration.ts'
import { formatExact, formatMoment } from '../format/moment.ts'
import { useNow } from '../live/use-now.ts'
import { usePreferences } from '../theme/preferences.ts'

/** How long ago, by the server's clock: "41 s". The exact moment is in the title and in the machine-readable attribute. */
export function Age({ atMs, suffix = '' }: { readonly atMs: number; readonly suffix?: string }) {
  const nowMs = useNow()
  const { zone } = usePreferences()
  if (nowMs === 0) return null
  return (
    <time dateTime={new Date(atMs).toISOString()} title={formatExact(atMs, zone)}>
      {formatAge(nowMs - atMs)}
      {suffix}
    </time>
  )
}

/** A moment of the clock: "14:03:22". */
export function Moment({ atMs }: { readonly atMs: number }) {
  const nowMs = useNow()
  const { zone } = usePreferences()
  if (nowMs === 0) return null
  return (
    <time dateTime={new Date(atMs).toISOString()} title={formatExact(atMs, zone)}>
      {formatMoment(atMs, nowMs, zone)}
    </time>
  )
}

/** What is left until a moment: "5.4 s", and "now" once it has passed. */
export function Countdown({ untilMs }: { readonly untilMs: number }) {
  const nowMs = useNow()
  if (nowMs === 0) return null
  return <span>{untilMs <= nowMs ? 'now' : formatAge(untilMs - nowMs)}</span>
}
