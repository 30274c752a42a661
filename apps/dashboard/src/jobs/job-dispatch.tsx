'use client'

import { type JobTemplateDetail, type Refusal, readJobValues } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type FormEvent, useRef, useState } from 'react'
import { api, queries } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { commandLine } from '../format/command.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Card } from '../ui/layout.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { NodeLink } from '../ui/text-link.tsx'
import { JobFields } from './job-fields.tsx'
import { jobCommand, jobFormOf, valuesOf } from './job-form.ts'

/** The form of a job, with the task that it would make. Ends on the live page of the task. */
export function JobDispatch({ detail, refusal }: { readonly detail: JobTemplateDetail; readonly refusal: Refusal }) {
  const { template, definition } = detail
  const { parameters, version } = definition
  const router = useRouter()
  const [form, setForm] = useState(() => jobFormOf(parameters))
  const [isSending, setSending] = useState(false)
  const [isTouched, setTouched] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  // One key for one filled form: a second click, or a repeat after a lost answer, finds the same task.
  const key = useRef(newKey())
  const values = valuesOf(parameters, form)
  const read = readJobValues(parameters, values)
  // An empty form is not yet a mistake.
  const isMistake = !read.ok && (isTouched || values[read.error.field] !== undefined)
  const why = refusal ?? (isSending ? 'Waiting for the answer.' : null)

  const send = async (event: FormEvent) => {
    event.preventDefault()
    setTouched(true)
    if (!read.ok || why) return
    setSending(true)
    setProblem(null)
    try {
      const request = { id: template.id, version, values, idempotencyKey: key.current }
      const { taskId } = await api.jobTemplates.run.mutate(request)
      router.push(`/task?id=${encodeURIComponent(taskId)}`)
    } catch (error) {
      setProblem(toProblem(error))
      setSending(false)
    }
  }

  return (
    <form onSubmit={(event) => void send(event)} noValidate className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_480px]">
      <Card title="Parameters">
        <div className="flex flex-col gap-3 p-3">
          <JobFields
            parameters={parameters}
            form={form}
            problem={isMistake ? { name: read.error.field, text: read.error.message } : null}
            onChange={(name, value) => {
              setForm((before) => ({ ...before, [name]: value }))
              key.current = newKey()
            }}
          />
          {problem && <Failed what="The job was not dispatched." problem={problem} />}
          <div className="flex flex-wrap items-center gap-2">
            <Button look="primary" type="submit" refusal={why}>
              Dispatch
            </Button>
            <CopyButton text={commandLine(jobCommand(template.id, values))} label="Copy as command" />
          </div>
        </div>
      </Card>
      <PreviewCard detail={detail} values={read.ok && refusal === null ? values : null} />
    </form>
  )
}

function PreviewCard({
  detail: { template, definition },
  values,
}: {
  readonly detail: JobTemplateDetail
  readonly values: Readonly<Record<string, string>> | null
}) {
  const asked = useQuery({
    ...queries.jobTemplates.preview.queryOptions({
      id: template.id,
      version: definition.version,
      values: values ?? {},
    }),
    enabled: values !== null,
    retry: false,
  })
  const found = values ? asked.data : undefined
  const { exec, handler } = found?.task ?? {}
  return (
    <Card title="Preview" action={<span className="text-compact text-muted">as of now</span>}>
      <div className="flex flex-col gap-2 px-3 py-2">
        {!values && <p className="text-muted">Fill the form, and this shows the task that it makes.</p>}
        {values && asked.error && <Failed what="No preview." problem={toProblem(asked.error)} />}
        {values && !found && !asked.error && <Skeleton rows={3} />}
        {found && (
          <>
            <pre className="overflow-x-auto rounded-control bg-surface p-2 text-compact">
              {JSON.stringify(exec ? { command: exec.command, args: exec.args, env: exec.env } : handler, null, 2)}
            </pre>
            <p>
              {found.preview.decision.nodeId ? (
                <>
                  Would go to <NodeLink id={found.preview.decision.nodeId} />:{' '}
                </>
              ) : (
                'Would wait: '
              )}
              {found.preview.decision.because}
            </p>
          </>
        )}
      </div>
    </Card>
  )
}

/** Browsers give random ids to secure origins only. */
function newKey(): string {
  return crypto.randomUUID ? crypto.randomUUID() : String(performance.now())
}
