'use client'

import { type ScheduleView, scheduleCan } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { api, queries } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { DispatchFields } from '../dispatch/dispatch-fields.tsx'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Button } from '../ui/button.tsx'
import { Card, PageHeader } from '../ui/layout.tsx'
import { Failed } from '../ui/states.tsx'
import { toast } from '../ui/toasts.tsx'
import { NextRuns } from './next-runs.tsx'
import { emptyScheduleForm, readScheduleForm, readTiming, scheduleFormOf, taskFormOf } from './schedule-form.ts'
import { TimingFields } from './timing-fields.tsx'

/** Makes a schedule, or changes one. Shows the next runs before it is saved. */
export function ScheduleFormPage({ before }: { readonly before: ScheduleView | null }) {
  const router = useRouter()
  const [form, setForm] = useState(() => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
    return before ? scheduleFormOf(before, timeZone) : emptyScheduleForm(timeZone)
  })
  const [taskForm, setTaskForm] = useState(() => taskFormOf(before))
  const [isTouched, setTouched] = useState(false)
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const { draft, problems, taskProblems } = readScheduleForm(form, taskForm, before)
  const role = useRole()
  const refusal = useWriteRefusal() ?? scheduleCan.apply(role) ?? (isSending ? 'Waiting for the answer.' : null)

  const save = async (event: FormEvent) => {
    event.preventDefault()
    setTouched(true)
    if (!draft || refusal) return
    setSending(true)
    setProblem(null)
    try {
      const { created } = await api.schedules.save.mutate(draft)
      toast(created ? `Made ${draft.id}.` : `Changed ${draft.id}.`)
      router.push(`/schedule?id=${encodeURIComponent(draft.id)}`)
    } catch (error) {
      setProblem(toProblem(error))
      setSending(false)
    }
  }

  return (
    <form onSubmit={(event) => void save(event)} noValidate>
      <PageHeader title={before ? `Change ${before.id}` : 'New schedule'} />
      <div className="grid gap-4 px-4 pb-4 xl:grid-cols-[minmax(0,1fr)_420px]">
        <div className="flex flex-col gap-5">
          <TimingFields
            form={form}
            problems={isTouched ? problems : {}}
            isNew={before === null}
            onChange={(change) => setForm((now) => ({ ...now, ...change }))}
          />
          <DispatchFields
            form={taskForm}
            problems={isTouched ? taskProblems : {}}
            onChange={(change) => setTaskForm((now) => ({ ...now, ...change }))}
          />
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          <Preview form={form} />
          {problem && <Failed what="The schedule was not saved." problem={problem} />}
          <div className="flex gap-2">
            <Button look="primary" type="submit" refusal={refusal}>
              {before ? `Change ${before.id}` : 'Make schedule'}
            </Button>
            <Button onClick={() => router.back()}>Cancel</Button>
          </div>
        </div>
      </div>
    </form>
  )
}

function Preview({ form }: { readonly form: ReturnType<typeof emptyScheduleForm> }) {
  const timing = readTiming(form)
  const asked = useQuery({
    ...queries.schedules.preview.queryOptions({ timing: timing ?? { kind: 'rate', everyMs: 60_000 } }),
    enabled: timing !== null,
    retry: false,
  })
  return (
    <Card title="Next runs" action={<span className="text-compact text-muted">if it were saved now</span>}>
      {timing === null && <p className="px-3 py-2 text-muted">Say when, and this shows the next runs.</p>}
      {timing !== null && asked.error && (
        <div className="p-3">
          <Failed what="No next run." problem={toProblem(asked.error)} />
        </div>
      )}
      {timing !== null && asked.data && !asked.error && (
        <NextRuns runs={asked.data.nextRuns} timeZone={timing.kind === 'cron' ? timing.timeZone : null} />
      )}
    </Card>
  )
}
