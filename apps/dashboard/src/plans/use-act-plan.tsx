'use client'

import type { ActPlan, NodeId, PlannedAct } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { api } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { Age } from '../ui/age.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { ActPlanView } from './act-plan-view.tsx'
import { PlanLink } from './plan-link.tsx'

/** A dialog that stays open plans again, so that what it shows does not grow old. */
const PLAN_AGAIN_MS = 15_000

export type ShownPlan = {
  /** Null while there is none. */
  readonly plan: ActPlan | null
  readonly view: ReactNode
  /** Carries out the plan that is shown. When the cluster is another one by now, a new plan takes its place and the error says why. */
  readonly confirm: (reason: string) => Promise<void>
}

/** The plan of what a dialog is about to do to nodes. */
export function useActPlan(act: PlannedAct, ids: readonly NodeId[]): ShownPlan {
  const asked = useQuery({
    queryKey: ['act-plan', act, ids],
    queryFn: () => api.nodes.previewAct.mutate({ act, ids: [...ids] }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchInterval: PLAN_AGAIN_MS,
  })
  const plan = asked.data ?? null
  return {
    plan,
    view: (
      <section aria-label="Plan" className="flex flex-col gap-1.5 rounded-card border border-line bg-surface p-3">
        <header className="flex items-center justify-between gap-2">
          <h3 className="text-compact font-semibold">Plan{plan && <PlanAge plan={plan} />}</h3>
          {plan && <PlanLink planId={plan.id} />}
        </header>
        {plan && <ActPlanView plan={plan} />}
        {asked.error && (
          <Failed what="No plan." problem={toProblem(asked.error)} onRetry={() => void asked.refetch()} />
        )}
        {!plan && !asked.error && <Skeleton rows={2} />}
      </section>
    ),
    async confirm(reason) {
      if (!plan) throw new Error('there is no plan')
      try {
        await api.nodes.confirmAct.mutate({ planId: plan.id, reason })
      } catch (error) {
        if (isOutdated(toProblem(error))) void asked.refetch()
        throw error
      }
    },
  }
}

function PlanAge({ plan }: { readonly plan: ActPlan }) {
  return (
    <span className="font-normal text-muted">
      {' '}
      made <Age atMs={plan.computedAtMs} /> ago
    </span>
  )
}

function isOutdated({ code }: Problem): boolean {
  return code === 'plan_outdated' || code === 'plan_not_found'
}
