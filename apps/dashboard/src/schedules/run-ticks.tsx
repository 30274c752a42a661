'use client'

import type { ScheduleRun } from '@quarterdeck/domain'
import { formatMoment } from '../format/moment.ts'
import { useNow } from '../live/use-now.ts'
import { usePreferences } from '../theme/preferences.ts'
import { TaskGlyph } from '../ui/glyph.tsx'
import { taskStateWord } from '../ui/status.tsx'
import { taskTone, toneText } from '../ui/tone.ts'

/** The last outcomes as marks, oldest on the left: shape and colour say how each ended, and the label says it in words. */
export function RunTicks({ runs }: { readonly runs: readonly ScheduleRun[] }) {
  const nowMs = useNow()
  const { zone } = usePreferences()
  if (runs.length === 0) return <span className="text-muted">none yet</span>
  return (
    <ul className="flex items-center gap-1" aria-label="Last outcomes, oldest first">
      {[...runs].reverse().map((run) => {
        const label = `${outcomeWords(run)}, ${formatMoment(run.dueAtMs ?? run.atMs, nowMs, zone)}`
        return (
          <li key={`${run.atMs} ${run.taskId ?? run.outcome}`} title={label}>
            <OutcomeMark run={run} />
            <span className="sr-only">{label}</span>
          </li>
        )
      })}
    </ul>
  )
}

export function OutcomeMark({ run }: { readonly run: ScheduleRun }) {
  if (run.outcome === 'started') {
    const state = run.ended ?? 'running'
    return (
      <span className={toneText[taskTone[state]]}>
        <TaskGlyph state={state} />
      </span>
    )
  }
  const look = { missed: 'text-warn', overlapped: 'text-calm', refused: 'text-bad' }[run.outcome]
  return (
    <span aria-hidden className={look}>
      {run.outcome === 'overlapped' ? '–' : '▲'}
    </span>
  )
}

export function outcomeWords({ outcome, ended, count }: ScheduleRun): string {
  const times = count > 1 ? ` × ${count}` : ''
  switch (outcome) {
    case 'started':
      return ended ? taskStateWord(ended) : 'Running'
    case 'missed':
      return `Missed${times}`
    case 'overlapped':
      return `Skipped: the run before lived${times}`
    case 'refused':
      return `Refused${times}`
  }
}
