'use client'

import type { NodeId } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { commandLine } from '../format/command.ts'
import { PlanLink } from '../plans/plan-link.tsx'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { LossPlanView } from './loss-plan-view.tsx'

type Target = { readonly ids: readonly NodeId[]; readonly zone?: string }

/** A dialog that stays open plans again, so that what it shows does not grow old. */
const PLAN_AGAIN_MS = 15_000

/** What would become of the tasks if these nodes, or a zone, were gone now. Asks and shows; there is nothing to confirm. */
export function LossDialog({ target, close }: { readonly target: Target; readonly close: () => void }) {
  const { ids, zone } = target
  const loss = useQuery({
    queryKey: ['loss-plan', zone ?? null, ids],
    queryFn: () => api.nodes.previewLoss.mutate({ ids: [...ids], ...(zone === undefined ? {} : { zone }) }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchInterval: PLAN_AGAIN_MS,
  })
  const name = zone === undefined ? ids.join(', ') : `zone ${zone}`
  const words = zone === undefined ? [...ids] : ['--zone', zone]
  return (
    <Dialog
      title={`What if ${name} is lost?`}
      onClose={close}
      width="wide"
      footer={
        <>
          <CopyButton text={commandLine(['node', 'lose', ...words])} label="Copy as command" />
          {loss.data && <PlanLink planId={loss.data.id} />}
          <span className="flex-1" />
          <Button onClick={close}>Close</Button>
        </>
      }
    >
      {loss.data && (
        <>
          <p className="pb-2 text-muted">
            As of <Age atMs={loss.data.computedAtMs} /> ago. Nothing is changed by looking.
          </p>
          <LossPlanView plan={loss.data} />
        </>
      )}
      {loss.error && (
        <Failed
          what={loss.data ? 'It could not be asked again.' : 'This question could not be answered.'}
          problem={toProblem(loss.error)}
          onRetry={() => void loss.refetch()}
        />
      )}
      {!loss.data && !loss.error && <Skeleton rows={4} />}
    </Dialog>
  )
}
