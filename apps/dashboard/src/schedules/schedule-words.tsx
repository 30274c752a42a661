'use client'

import type { ScheduleRow, ScheduleTiming } from '@quarterdeck/domain'
import { useEffect, useState } from 'react'
import { formatDuration } from '../format/duration.ts'

/** A timing in plain words: "At 03:00 AM (Europe/Berlin)". */
export function TimingWords({ timing }: { readonly timing: ScheduleTiming }) {
  const words = useCronWords(timing.kind === 'cron' ? timing.expression : null)
  if (timing.kind === 'rate') return <>Every {formatDuration(timing.everyMs)}</>
  if (timing.kind === 'delay') return <>{formatDuration(timing.afterMs)} after the end of each run</>
  return (
    <>
      {words ?? timing.expression} <span className="text-muted">({timing.timeZone})</span>
    </>
  )
}

/** The words for a cron expression; null while the dictionary loads, and when it has none. */
export function useCronWords(expression: string | null): string | null {
  const [words, setWords] = useState<{ readonly of: string; readonly text: string | null } | null>(null)
  useEffect(() => {
    if (expression === null) return
    let isCurrent = true
    void import('cronstrue').then(({ toString: inWords }) => {
      if (isCurrent) setWords({ of: expression, text: wordsOf(inWords, expression) })
    })
    return () => {
      isCurrent = false
    }
  }, [expression])
  return words?.of === expression ? words.text : null
}

function wordsOf(inWords: (expression: string, options: object) => string, expression: string): string | null {
  try {
    return inWords(expression, { use24HourTimeFormat: true })
  } catch {
    return null
  }
}

/** Why nothing comes next, when nothing does. */
export function nextWords({ paused, nextAtMs, waiting }: ScheduleRow): string | null {
  if (paused) return 'paused'
  if (waiting.length > 0) return `${waiting.length} waiting for the run before`
  return nextAtMs === null ? 'after the end of the run that lives' : null
}
