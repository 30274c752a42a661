'use client'

import { type ScheduleRow, scheduleCan } from '@quarterdeck/domain'
import { useRouter } from 'next/navigation'
import { useMemo } from 'react'
import { store } from '../live/page.ts'
import { useIsComplete, useVersion } from '../live/use-live.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { SimpleTable } from '../settings/simple-table.tsx'
import { Moment } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { PageHeader } from '../ui/layout.tsx'
import { Empty, Skeleton } from '../ui/states.tsx'
import { ScheduleLink } from '../ui/text-link.tsx'
import { RunTicks } from './run-ticks.tsx'
import { ScheduleActs } from './schedule-acts.tsx'
import { nextWords, TimingWords } from './schedule-words.tsx'

/** All schedules by name: when they run, what comes next, and how the last runs ended. */
export function SchedulesPage() {
  const isComplete = useIsComplete()
  const schedules = useSchedules()
  const router = useRouter()
  const role = useRole()
  const refusal = useWriteRefusal() ?? scheduleCan.apply(role)
  return (
    <>
      <PageHeader title="Schedules" note="Work that starts at set times, once per due time whoever leads">
        <Button look="primary" refusal={refusal} onClick={() => router.push('/schedule?form=new')}>
          New schedule
        </Button>
      </PageHeader>
      {!isComplete && <Skeleton />}
      {isComplete && schedules.length === 0 && (
        <Empty title="No schedule yet. One runs a task by a calendar, at a fixed rate, or so long after each end." />
      )}
      {schedules.length > 0 && (
        <div className="px-4 pb-4">
          <SimpleTable label="Schedules" titles={['Schedule', 'When', 'Runs', 'Next', 'Last outcomes', '']}>
            {schedules.map((schedule) => (
              <Row key={schedule.id} schedule={schedule} />
            ))}
          </SimpleTable>
        </div>
      )}
    </>
  )
}

function useSchedules(): readonly ScheduleRow[] {
  const version = useVersion('schedules')
  return useMemo(() => {
    // Named so that the memo is renewed with the store, which React cannot see into.
    void version
    return [...store.schedules.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  }, [version])
}

function Row({ schedule }: { readonly schedule: ScheduleRow }) {
  const words = nextWords(schedule)
  return (
    <tr>
      <td className="font-medium">
        <ScheduleLink id={schedule.id} />
      </td>
      <td>
        <TimingWords timing={schedule.timing} />
      </td>
      <td className="max-w-60 truncate text-muted" title={schedule.runsWhat}>
        {schedule.runsWhat}
      </td>
      <td className={schedule.paused ? 'text-warn' : ''}>
        {words ?? (schedule.nextAtMs !== null && <Moment atMs={schedule.nextAtMs} />)}
      </td>
      <td>
        <RunTicks runs={schedule.runs} />
      </td>
      <td>
        <ScheduleActs schedule={schedule} />
      </td>
    </tr>
  )
}
