'use client'

import { SimpleTable } from '../settings/simple-table.tsx'

/** Due times in the reader's zone, in UTC, and in the schedule's own zone when that is a third one. */
export function NextRuns({ runs, timeZone }: { readonly runs: readonly number[]; readonly timeZone: string | null }) {
  if (runs.length === 0) return <p className="px-3 py-2 text-muted">Not known before the run that lives has ended.</p>
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  const zones = [...new Set([own, 'UTC', ...(timeZone ? [timeZone] : [])])]
  return (
    <SimpleTable label="Next runs" titles={zones.map((zone) => (zone === own ? `Here (${zone})` : zone))}>
      {runs.map((atMs) => (
        <tr key={atMs}>
          {zones.map((zone) => (
            <td key={zone}>
              <time dateTime={new Date(atMs).toISOString()}>{inZone(atMs, zone)}</time>
            </td>
          ))}
        </tr>
      ))}
    </SimpleTable>
  )
}

function inZone(atMs: number, timeZone: string): string {
  return new Date(atMs).toLocaleString('en-GB', { timeZone, weekday: 'short', ...parts })
}

const parts = {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
} as const
