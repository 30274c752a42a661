'use client'

import type { ScheduleId, ScheduleView } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { lazy, Suspense, useEffect } from 'react'
import { queries } from '../api/client.ts'
import { useSchedule } from '../live/use-live.ts'
import { SimpleTable } from '../settings/simple-table.tsx'
import { Age, Moment } from '../ui/age.tsx'
import { Card, Fact, Facts, PageHeader } from '../ui/layout.tsx'
import { NotLoaded } from '../ui/not-loaded.tsx'
import { Empty, Skeleton, Warning } from '../ui/states.tsx'
import { TaskLink, TextLink } from '../ui/text-link.tsx'
import { NextRuns } from './next-runs.tsx'
import { overlapWords } from './overlap-words.ts'
import { OutcomeMark, outcomeWords, RunTicks } from './run-ticks.tsx'
import { ScheduleActs } from './schedule-acts.tsx'
import { nextWords, TimingWords } from './schedule-words.tsx'

const ScheduleFormPage = lazy(() =>
  import('./schedule-form-page.tsx').then((module) => ({ default: module.ScheduleFormPage })),
)

/** One schedule: when it runs, what comes next, and what came of each due time. Also the form that makes or changes one. */
export function SchedulePage() {
  const [id] = useQueryState('id', parseAsString.withDefault(''))
  const [form] = useQueryState('form', parseAsStringLiteral(['new', 'edit'] as const))
  const live = useSchedule(id)
  const asked = useQuery({
    ...queries.schedules.get.queryOptions({ id: id as ScheduleId }),
    enabled: id !== '',
    staleTime: 0,
  })
  const { refetch } = asked
  useEffect(() => {
    if (live?.revision !== undefined) void refetch()
  }, [live?.revision, refetch])

  if (form === 'new') return <Form before={null} />
  if (id === '') return <Empty title="No schedule was named." />
  if (!asked.data)
    return (
      <NotLoaded
        title="Schedule"
        asked={asked}
        missing={{
          code: 'schedule_not_found',
          text: () => `There is no schedule ${id}.`,
          more: <TextLink href="/schedules">All schedules</TextLink>,
        }}
      />
    )
  if (form === 'edit') return <Form before={asked.data.value} />
  return <Body schedule={live ? { ...asked.data.value, ...live } : asked.data.value} />
}

function Form({ before }: { readonly before: ScheduleView | null }) {
  return (
    <Suspense fallback={<Skeleton rows={8} />}>
      <ScheduleFormPage before={before} />
    </Suspense>
  )
}

function Body({ schedule }: { readonly schedule: ScheduleView }) {
  const { paused, missed, timing } = schedule
  const words = nextWords(schedule)
  return (
    <>
      <PageHeader
        title={schedule.id}
        note={
          <>
            <TimingWords timing={timing} /> · started {schedule.startedTotal} times
          </>
        }
      >
        <ScheduleActs schedule={schedule} />
      </PageHeader>
      <div className="grid gap-3 p-4 xl:grid-cols-2">
        {paused && (
          <div className="xl:col-span-2">
            <Warning>
              Paused by {paused.by} <Age atMs={paused.atMs} suffix=" ago" />
              {paused.reason && `: ${paused.reason}`}
            </Warning>
          </div>
        )}
        <Card title="What it does">
          <Facts>
            {schedule.description && <Fact name="Description">{schedule.description}</Fact>}
            <Fact name="Runs">
              <code className="font-mono text-compact">{schedule.runsWhat}</code>
            </Fact>
            {timing.kind === 'cron' && (
              <Fact name="Cron">
                <code className="font-mono text-compact">{timing.expression}</code> in {timing.timeZone}
              </Fact>
            )}
            <Fact name="Missed runs">
              {missed.policy === 'skip' && `made up for once if at most ${missed.lateMsMax / 1_000} s late`}
              {missed.policy === 'once' && 'made up for once'}
              {missed.policy === 'all' && `all made up for, at most ${missed.runsMax}`}
            </Fact>
            <Fact name="Overlap">{overlapWords[schedule.overlap]}</Fact>
            <Fact name="Changed">
              <Age atMs={schedule.changedAtMs} suffix=" ago" /> by {schedule.changedBy}
            </Fact>
            <Fact name="Last outcomes">
              <RunTicks runs={schedule.runs} />
            </Fact>
          </Facts>
        </Card>
        <Card title={paused ? 'Next runs, if it were not paused' : 'Next runs'}>
          {words && !paused && <p className="px-3 pt-2 text-muted">Now: {words}.</p>}
          <NextRuns runs={schedule.nextRuns} timeZone={timing.kind === 'cron' ? timing.timeZone : null} />
        </Card>
        <Card title="Last 20 outcomes" className="xl:col-span-2">
          {schedule.runs.length === 0 ? (
            <p className="px-3 py-2 text-muted">Nothing was due yet.</p>
          ) : (
            <SimpleTable label="Outcomes, newest first" titles={['Due', 'Outcome', 'Task', 'Why']}>
              {schedule.runs.map((run) => (
                <tr key={`${run.atMs} ${run.taskId ?? run.outcome}`}>
                  <td>{run.dueAtMs === null ? 'by hand' : <Moment atMs={run.dueAtMs} />}</td>
                  <td>
                    <span className="inline-flex items-center gap-1.5">
                      <OutcomeMark run={run} /> {outcomeWords(run)}
                    </span>
                  </td>
                  <td>{run.taskId && <TaskLink id={run.taskId} />}</td>
                  <td className="text-muted">{run.because}</td>
                </tr>
              ))}
            </SimpleTable>
          )}
        </Card>
      </div>
    </>
  )
}
