'use client'

import { useQuery } from '@tanstack/react-query'
import { api, queries } from '../api/client.ts'
import { plural } from '../format/amount.ts'
import { ActDialog } from '../ui/act-dialog.tsx'
import { Skeleton, Warning } from '../ui/states.tsx'
import { adviceSentence } from './advice-sentence.ts'
import { MoveList } from './move-list.tsx'

/** Confirms the advice that is shown. When it is another one by then, the server says what it is now, and nothing moves. */
export function RebalanceDialog({ close }: { readonly close: () => void }) {
  const advice = useQuery({ ...queries.cluster.rebalanceAdvice.queryOptions(), refetchInterval: 2_000 })
  const plan = advice.data
  const moves = plan?.moves ?? []
  const refusal = !plan
    ? 'The advice is being computed.'
    : moves.length === 0
      ? 'There is nothing to move any more.'
      : null
  return (
    <ActDialog
      title="Rebalance the cluster?"
      verb={`Move ${plural(moves.length, 'task')}`}
      failure="Nothing was moved."
      close={close}
      refusal={refusal}
      intentKeys={['cluster']}
      command={(reason) => ['rebalance', '--yes', ...(reason ? ['--reason', reason] : [])]}
      run={async (reason) => {
        if (!plan) throw new Error('there is no advice')
        await api.cluster.rebalance.mutate({ planId: plan.id, reason })
        return `Rebalancing: ${plural(moves.length, 'task')} will move. Operations shows the progress.`
      }}
    >
      {plan ? (
        <>
          <p className="font-medium">{adviceSentence(plan)}</p>
          <Warning>
            Each of these tasks is stopped and begins again on its new node, at most four at a time. What it had done is
            done again.
          </Warning>
          <MoveList moves={moves} />
        </>
      ) : (
        <Skeleton rows={3} />
      )}
    </ActDialog>
  )
}
