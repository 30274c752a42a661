'use client'

import {
  clusterCan,
  type DispatchPlan,
  type PlanId,
  roomInWords,
  type TaskId,
  type TaskSubmitInput,
} from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { parseAsString, useQueryState } from 'nuqs'
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { api, queries } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { BroadcastPreviewCard } from '../broadcasts/broadcast-preview.tsx'
import { TargetFields } from '../broadcasts/target-fields.tsx'
import { emptyTargetForm, readBroadcast } from '../broadcasts/target-form.ts'
import { DispatchExplanation } from '../explain/dispatch-explanation.tsx'
import { commandLine } from '../format/command.ts'
import { formatDuration } from '../format/duration.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Card, PageHeader } from '../ui/layout.tsx'
import { Failed, Skeleton, Warning } from '../ui/states.tsx'
import { NodeLink, TextLink } from '../ui/text-link.tsx'
import { dispatchCommand } from './dispatch-command.ts'
import { DispatchFields } from './dispatch-fields.tsx'
import { type DispatchForm, emptyDispatchForm } from './dispatch-form.ts'
import { DispatchPlanPage } from './dispatch-plan-page.tsx'
import { formOf } from './form-of-task.ts'
import { prefillOf, readPrefill } from './prefill.ts'
import { readDispatchForm } from './read-dispatch-form.ts'
import { useDispatchPreview } from './use-dispatch-preview.ts'

/** Runs one task: what, where and how, with where it would go before it goes. Or shows a plan of that which was kept. */
export function DispatchPage() {
  const [planId, setPlanId] = useQueryState('plan', parseAsString.withOptions({ history: 'push' }))
  const [changed, setChanged] = useState<DispatchPlan | null>(null)
  if (planId) {
    const change = (plan: DispatchPlan) => {
      setChanged(plan)
      void setPlanId(null)
    }
    return <DispatchPlanPage planId={planId as PlanId} change={change} />
  }
  return <DispatchTask initial={changed && formOf(changed.task)} keep={(id) => void setPlanId(id)} />
}

/** Ends on the live page of the task, or with a plan that is kept. */
function DispatchTask({
  initial,
  keep,
}: {
  readonly initial: DispatchForm | null
  readonly keep: (planId: PlanId) => void
}) {
  const router = useRouter()
  const [prefill] = useQueryState('dispatch', parseAsString.withDefault(''))
  const [like] = useQueryState('like', parseAsString.withDefault(''))
  const [form, setForm] = useState<DispatchForm>(() => initial ?? { ...emptyDispatchForm, ...readPrefill(prefill) })
  const [isTouched, setTouched] = useState(false)
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  // One key for one filled form: a second click, or a repeat after a lost answer, finds the same task.
  const idempotencyKey = useRef(newKey())
  const [target, setTarget] = useState(emptyTargetForm)
  useLike(like, setForm)

  const { submit, problems } = readDispatchForm(form)
  const isBroadcast = target.target !== 'one'
  const { draft } = readBroadcast(target, submit)
  const { preview, problem: previewProblem } = useDispatchPreview(isBroadcast ? null : submit)
  const role = useRole()
  const refusal = useWriteRefusal() ?? clusterCan.dispatch(role) ?? (isSending ? 'Waiting for the answer.' : null)
  const isHopeless = !isBroadcast && preview !== null && preview.decision.eligible === 0

  const send = async () => {
    setTouched(true)
    if (!submit || refusal || (isBroadcast && !draft)) return
    setSending(true)
    setProblem(null)
    try {
      const task = { ...submit, idempotencyKey: idempotencyKey.current }
      if (isBroadcast && draft) {
        const { broadcastId } = await api.broadcasts.submit.mutate({ ...draft, task })
        router.push(`/broadcast?id=${encodeURIComponent(broadcastId)}`)
        return
      }
      const { taskId } = await api.tasks.submit.mutate(task)
      router.push(`/task?id=${encodeURIComponent(taskId)}`)
    } catch (error) {
      setProblem(toProblem(error))
      setSending(false)
    }
  }
  const keepPlan = async () => {
    setTouched(true)
    if (!submit || refusal) return
    setSending(true)
    setProblem(null)
    try {
      keep((await api.tasks.plan.mutate(submit)).id)
    } catch (error) {
      setProblem(toProblem(error))
    }
    setSending(false)
  }
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    void send()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) void send()
  }

  return (
    <form onSubmit={onSubmit} onKeyDown={onKeyDown} noValidate>
      <PageHeader
        title="Dispatch a task"
        note={
          <>
            For what is dispatched again and again there are <TextLink href="/jobs">jobs</TextLink> with parameters.
          </>
        }
      />
      <div className="grid gap-4 px-4 pb-4 xl:grid-cols-[minmax(0,1fr)_380px]">
        <DispatchFields
          form={form}
          problems={isTouched ? problems : withoutEmpty(problems, form)}
          onChange={(change) => {
            setForm((before) => ({ ...before, ...change }))
            idempotencyKey.current = newKey()
          }}
        />
        <div className="flex min-w-0 flex-col gap-3">
          <TargetFields
            form={target}
            onChange={(change) => {
              setTarget((before) => ({ ...before, ...change }))
              idempotencyKey.current = newKey()
            }}
          />
          {isBroadcast ? (
            <BroadcastPreviewCard draft={draft} />
          ) : (
            <PreviewCard submit={submit} preview={preview} problem={previewProblem} />
          )}
          {problem && <Failed what="The task was not dispatched." problem={problem} />}
          <div className="flex flex-wrap items-center gap-2">
            <Button look="primary" type="submit" refusal={refusal}>
              {target.target === 'each'
                ? 'Dispatch to each'
                : target.target === 'race'
                  ? 'Start the race'
                  : isHopeless
                    ? 'Queue anyway'
                    : 'Dispatch'}
            </Button>
            {!isBroadcast && (
              <Button refusal={refusal ?? (submit ? null : 'Say what to run first.')} onClick={() => void keepPlan()}>
                Keep as a plan
              </Button>
            )}
            {submit && !isBroadcast && (
              <CopyButton text={commandLine(dispatchCommand(submit))} label="Copy as command" />
            )}
            <CopyButton
              text={
                typeof window === 'undefined'
                  ? ''
                  : `${window.location.origin}/dispatch?dispatch=${encodeURIComponent(prefillOf(form))}`
              }
              label="Copy link"
            />
          </div>
          <p className="text-compact text-muted">Ctrl+Enter dispatches.</p>
        </div>
      </div>
    </form>
  )
}

function newKey(): string {
  return crypto.randomUUID ? crypto.randomUUID() : String(performance.now())
}

/** Fills the form once from a task that was run before. */
function useLike(id: string, setForm: (form: DispatchForm) => void): void {
  const { data } = useQuery({
    ...queries.tasks.get.queryOptions({ id: id as TaskId }),
    enabled: id !== '',
    staleTime: Number.POSITIVE_INFINITY,
  })
  const spec = data?.value.spec
  useEffect(() => {
    if (spec) setForm(formOf(spec))
  }, [spec, setForm])
}

/** An empty field is not wrong before somebody tried to send it. */
function withoutEmpty(problems: ReturnType<typeof readDispatchForm>['problems'], form: DispatchForm) {
  return Object.fromEntries(Object.entries(problems).filter(([field]) => form[field as keyof DispatchForm] !== ''))
}

function PreviewCard({
  submit,
  preview,
  problem,
}: {
  readonly submit: TaskSubmitInput | null
  readonly preview: ReturnType<typeof useDispatchPreview>['preview']
  readonly problem: Problem | null
}) {
  const decision = preview?.decision
  return (
    <Card title="Preview" action={<span className="text-compact text-muted">as of now, updates live</span>}>
      <div className="flex flex-col gap-2 px-3 py-2">
        {!submit && <p className="text-muted">Say what to run, and this shows where it would go.</p>}
        {submit && !preview && !problem && <Skeleton rows={3} />}
        {problem && <Failed what="No preview." problem={problem} />}
        {decision && (
          <>
            <p>
              {decision.nodeId ? (
                <>
                  Would run on <NodeLink id={decision.nodeId} />: {decision.because}
                </>
              ) : (
                decision.because
              )}
            </p>
            {decision.wouldFit && <p className="text-info">It would fit: {decision.wouldFit}</p>}
            {preview.makesRoom && <Warning>{roomInWords(preview.makesRoom)}</Warning>}
            <p className="text-muted">
              Queue wait ≈ {formatDuration(preview.queueWaitMs)} · {preview.runningNow} running now ·{' '}
              {decision.eligible} of {decision.considered} nodes can run this now
            </p>
            {submit && <DispatchExplanation task={submit} />}
          </>
        )}
      </div>
    </Card>
  )
}
