'use client'

import { type ActPlan, clusterCan, type KeptPlan, type PlanId, type Refusal } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { parseAsString, useQueryState } from 'nuqs'
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react'
import { api, queries } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { PlanSummary } from '../drain/plan-summary.tsx'
import { plural } from '../format/amount.ts'
import { commandLine } from '../format/command.ts'
import { ServiceActPlanView } from '../services/service-act-plan-view.tsx'
import { servicePlanTitle } from '../services/service-plan-words.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { TextField } from '../ui/field.tsx'
import { Card, PageHeader } from '../ui/layout.tsx'
import { NotLoaded } from '../ui/not-loaded.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { TextLink } from '../ui/text-link.tsx'
import { ActPlanView } from './act-plan-view.tsx'
import { PlanLink } from './plan-link.tsx'

const LossPlanPage = lazy(() =>
  import('../survival/loss-plan-page.tsx').then((module) => ({ default: module.LossPlanPage })),
)

/** What happens to the nodes of a loss plan is written beside it as it happens. */
const LOOK_AGAIN_MS = 2_000

/** A plan that somebody previewed, and the button that does just that. */
export function PlanPage() {
  const [id] = useQueryState('id', parseAsString.withDefault(''))
  const asked = useQuery({
    ...queries.plans.get.queryOptions({ planId: id as PlanId }),
    enabled: id !== '',
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => (state.data?.kind === 'loss' ? LOOK_AGAIN_MS : false),
    retry: false,
  })
  if (asked.data?.kind === 'dispatch') return <ToDispatchPlan planId={asked.data.plan.id} />
  const problem = asked.error ? toProblem(asked.error) : null
  if (asked.data?.kind === 'loss' && problem?.code !== 'plan_not_found')
    return (
      <Suspense fallback={<Skeleton rows={8} />}>
        <LossPlanPage plan={asked.data.plan} since={asked.data.since} problem={problem} />
      </Suspense>
    )
  if (asked.data && asked.data.kind !== 'loss') return <PlanBody kept={asked.data} />
  return (
    <NotLoaded
      title="Plan"
      asked={asked}
      missing={{
        code: 'plan_not_found',
        text: () => `There is no plan ${id}.`,
        more: (
          <>
            Plans are kept for half an hour. What was carried out is under{' '}
            <TextLink href="/operations">Operations</TextLink>.
          </>
        ),
      }}
    />
  )
}

function ToDispatchPlan({ planId }: { readonly planId: PlanId }) {
  const router = useRouter()
  useEffect(() => router.replace(`/dispatch?plan=${encodeURIComponent(planId)}`), [router, planId])
  return <Skeleton rows={8} />
}

type Shown = Exclude<KeptPlan, { readonly kind: 'dispatch' | 'loss' }>

function PlanBody({ kept }: { readonly kept: Shown }) {
  const { plan } = kept
  const router = useRouter()
  const role = useRole()
  const write = useWriteRefusal()
  const [reason, setReason] = useState('')
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const refusal: Refusal = write ?? clusterCan.dispatch(role) ?? (isSending ? 'Waiting for the answer.' : null)
  const { title, command, view } = wordsOf(kept)

  const confirm = async () => {
    if (refusal) return
    setSending(true)
    setProblem(null)
    try {
      const operationId = await carryOut(kept, reason)
      router.push(`/operation?id=${encodeURIComponent(operationId)}`)
    } catch (error) {
      setProblem(toProblem(error))
      setSending(false)
    }
  }

  return (
    <>
      <PageHeader
        title={`Plan: ${title}`}
        note={
          <>
            Made <Age atMs={plan.computedAtMs} /> ago. Nothing happens until it is confirmed; kept for half an hour.
          </>
        }
      />
      <div className="flex max-w-3xl flex-col gap-3 px-4 pb-4">
        <Card title="What it would do, as of then">
          <div className="px-3 py-2">{view}</div>
        </Card>
        <TextField
          label="Reason (shown to everyone)"
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.target.value)}
        />
        {problem && <Failed what="The plan was not carried out." problem={problem} />}
        <div className="flex flex-wrap items-center gap-2">
          <Button look="primary" refusal={refusal} onClick={() => void confirm()}>
            {title}
          </Button>
          <CopyButton text={commandLine(command)} label="Copy as command" />
          <PlanLink planId={plan.id} />
        </div>
      </div>
    </>
  )
}

async function carryOut({ kind, plan }: Shown, reason: string): Promise<string> {
  const planId = plan.id
  if (kind === 'act') return (await api.nodes.confirmAct.mutate({ planId, reason })).operationId
  if (kind === 'service') return (await api.services.carryOut.mutate({ planId, reason })).operationId
  const { nodeIds, options } = plan
  return (await api.nodes.drain.mutate({ ids: nodeIds, options, planId, reason })).operationId
}

function wordsOf({ kind, plan }: Shown): { title: string; command: string[]; view: ReactNode } {
  if (kind === 'act')
    return { title: actTitle(plan), command: ['node', 'confirm', plan.id], view: <ActPlanView plan={plan} /> }
  if (kind === 'service')
    return {
      title: servicePlanTitle(plan),
      command: ['service', 'confirm', plan.id],
      view: <ServiceActPlanView plan={plan} />,
    }
  return {
    title: `Drain ${named(plan.nodeIds)}`,
    command: ['node', 'confirm', plan.id],
    view: <PlanSummary plan={plan} />,
  }
}

const verbs: Record<ActPlan['act'], string> = {
  cordon: 'Cordon',
  remove: 'Remove',
  promote: 'Promote',
  demote: 'Demote',
}

function actTitle({ act, nodeIds }: ActPlan): string {
  return `${verbs[act]} ${named(nodeIds)}`
}

function named(ids: readonly string[]): string {
  return ids.length === 1 ? String(ids[0]) : plural(ids.length, 'node')
}
