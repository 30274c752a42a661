'use client'

import { useMemo } from 'react'
import { store } from '../live/page.ts'
import { useVersion } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'

const BINS = 60
const SPAN_MS = 15 * 60_000

/** How many events there were in each quarter of a minute of the last 15 minutes; warnings and errors drawn over the rest. */
export function EventDensity() {
  const version = useVersion('events')
  const nowMs = useNow()
  const minute = Math.floor(nowMs / (SPAN_MS / BINS))
  const bins = useMemo(() => {
    // Named so that the memo is renewed with the store, which React cannot see into.
    void version
    const endMs = (minute + 1) * (SPAN_MS / BINS)
    const counts = Array.from({ length: BINS }, (_, at) => ({ at, all: 0, bad: 0 }))
    for (const event of store.events) {
      const bin = counts[BINS - 1 - Math.floor((endMs - event.atMs) / (SPAN_MS / BINS))]
      if (!bin) continue
      bin.all++
      if (event.severity === 'warning' || event.severity === 'error') bin.bad++
    }
    return counts
  }, [version, minute])
  const most = Math.max(1, ...bins.map((bin) => bin.all))
  const total = bins.reduce((sum, bin) => sum + bin.all, 0)
  const bad = bins.reduce((sum, bin) => sum + bin.bad, 0)
  return (
    <figure className="px-4 pb-2">
      <figcaption className="text-compact text-muted">
        Events of the last 15 minutes: {total}, of which {bad} warnings and errors
      </figcaption>
      <svg
        role="img"
        aria-label={`${total} events in the last 15 minutes, ${bad} of them warnings or errors`}
        viewBox={`0 0 ${BINS * 4} 24`}
        preserveAspectRatio="none"
        className="h-6 w-full"
      >
        {bins.map((bin) => (
          <g key={bin.at}>
            <rect
              x={bin.at * 4}
              y={24 - (bin.all / most) * 24}
              width="3"
              height={(bin.all / most) * 24}
              className="fill-load-2"
            />
            <rect
              x={bin.at * 4}
              y={24 - (bin.bad / most) * 24}
              width="3"
              height={(bin.bad / most) * 24}
              className="fill-bad"
            />
          </g>
        ))}
      </svg>
    </figure>
  )
}
