'use client'

import type { Leadership } from '@quarterdeck/domain'
import { formatDuration } from '../format/duration.ts'
import { useNow } from '../live/use-now.ts'
import { Moment } from '../ui/age.tsx'
import { ScrollArea } from '../ui/scroll-area.tsx'
import { Empty } from '../ui/states.tsx'

const how: Record<Leadership['takeovers'][number]['how'], string> = {
  first: 'first leader',
  'presence-gone': 'the holder was seen gone',
  lapsed: 'the lease ran out',
  unchanged: 'the lease was not renewed',
  transfer: 'moved on purpose',
  released: 'given back at a planned stop',
}

const stripColors = ['fill-load-2', 'fill-load-3', 'fill-load-4', 'fill-load-1'] as const

/** Every change of leader with its stopwatch, newest first, and who led when as a strip. */
export function TakeoverHistory({ leadership }: { readonly leadership: Leadership }) {
  const newestFirst = [...leadership.takeovers].sort((a, b) => b.epoch - a.epoch)
  if (newestFirst.length === 0) return <Empty title="No leader has been elected yet." />
  return (
    <>
      <LeadershipStrip leadership={leadership} />
      <ScrollArea label="Changes of leader" className="max-h-80">
        <table className="w-full min-w-160 text-left">
          <thead className="sticky top-0 bg-surface text-compact text-muted">
            <tr>
              {['When', 'Leader', 'Before', 'How', 'Without a leader', 'To its first decision', 'Epoch'].map(
                (title) => (
                  <th key={title} scope="col" className="px-3 py-1 font-medium">
                    {title}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {newestFirst.map((takeover) => (
              <tr key={takeover.epoch} className="border-t border-line">
                <td className="px-3 py-1">
                  <Moment atMs={takeover.atMs} />
                </td>
                <td className="px-3 font-medium">{takeover.holder}</td>
                <td className="px-3">{takeover.previous ?? '–'}</td>
                <td className="px-3">{how[takeover.how]}</td>
                <td className="px-3">{milliseconds(takeover.gapMs)}</td>
                <td className="px-3">{milliseconds(takeover.firstDecisionMs)}</td>
                <td className="px-3">{takeover.epoch}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
      <p className="border-t border-line px-3 py-1.5 text-compact text-muted">
        Writes of deposed leaders that were refused: {leadership.staleWritesRefused}
      </p>
    </>
  )
}

function milliseconds(ms: number | null): string {
  return ms === null ? 'not seen' : `${Math.round(ms).toLocaleString('en-US')} ms`
}

const STRIP_MS = 24 * 3_600_000

/** Who led in the last 24 hours; a gap in the strip is a time without a leader. */
function LeadershipStrip({ leadership }: { readonly leadership: Leadership }) {
  const nowMs = useNow()
  if (nowMs === 0) return null
  const ordered = [...leadership.takeovers].sort((a, b) => a.epoch - b.epoch)
  const holders = [...new Set(ordered.map((takeover) => takeover.holder))]
  const startMs = Math.max(nowMs - STRIP_MS, ordered[0]?.atMs ?? nowMs)
  const spanMs = Math.max(1, nowMs - startMs)
  const blocks = ordered.map((takeover, index) => {
    const next = ordered[index + 1]
    const fromMs = Math.max(startMs, takeover.atMs)
    const toMs = next ? next.atMs - (next.gapMs ?? 0) : nowMs
    return {
      takeover,
      x: ((fromMs - startMs) / spanMs) * 1_000,
      width: Math.max(1, ((toMs - fromMs) / spanMs) * 1_000),
      isShown: toMs > startMs,
    }
  })
  return (
    <figure className="px-3 py-2">
      <figcaption className="mb-1 flex flex-wrap gap-x-3 text-compact text-muted">
        <span>Who led in the last {formatDuration(spanMs)}</span>
        {holders.map((holder, index) => (
          <span key={holder}>
            <svg aria-hidden="true" width="10" height="10" className="mr-1 inline">
              <rect width="10" height="10" className={stripColors[index % stripColors.length]} />
            </svg>
            {holder}
          </span>
        ))}
      </figcaption>
      <svg
        role="img"
        aria-label={`Leaders of the last ${formatDuration(spanMs)}: ${ordered.map((takeover) => takeover.holder).join(', then ')}`}
        viewBox="0 0 1000 16"
        preserveAspectRatio="none"
        className="h-4 w-full bg-raised"
      >
        {blocks
          .filter((block) => block.isShown)
          .map(({ takeover, x, width }) => (
            <rect
              key={takeover.epoch}
              x={x}
              width={width}
              height="16"
              className={stripColors[holders.indexOf(takeover.holder) % stripColors.length]}
            />
          ))}
      </svg>
    </figure>
  )
}
