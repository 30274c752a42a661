'use client'

import type { ServiceAct, ServiceActPlan } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { PlanLink } from '../plans/plan-link.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { ServiceActPlanView } from './service-act-plan-view.tsx'

/** The plan of what a dialog is about to do; null while there is none. A new one for each change of the question. */
export function useServicePlan(act: ServiceAct | null): {
  readonly plan: ServiceActPlan | null
  readonly view: ReactNode
} {
  const asked = useQuery({
    queryKey: ['service-plan', act],
    queryFn: async () => (act ? await api.services.preview.mutate(act) : null),
    enabled: act !== null,
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  })
  if (!act) return { plan: null, view: null }
  if (asked.error) {
    const problem = toProblem(asked.error)
    return { plan: null, view: <Failed what="No plan." problem={problem} onRetry={() => void asked.refetch()} /> }
  }
  return asked.data
    ? {
        plan: asked.data,
        view: (
          <>
            <ServiceActPlanView plan={asked.data} />
            <div className="flex justify-end">
              <PlanLink planId={asked.data.id} />
            </div>
          </>
        ),
      }
    : { plan: null, view: <Skeleton rows={3} /> }
}
