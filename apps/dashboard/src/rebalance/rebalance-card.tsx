'use client'

import { type AutomaticRebalance, clusterCan } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { queries } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { plural } from '../format/amount.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/layout.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { adviceSentence } from './advice-sentence.ts'
import { MoveList } from './move-list.tsx'
import { openAutomatic, openRebalance } from './open-rebalance.tsx'

/** The few moves that would even out what is reserved. Nothing moves until somebody applies it, or lets the cluster do so. */
export function RebalanceCard({ className }: { readonly className?: string }) {
  const role = useRole()
  const write = useWriteRefusal()
  const advice = useQuery({ ...queries.cluster.rebalanceAdvice.queryOptions(), refetchInterval: 5_000 })
  const settings = useQuery({ ...queries.cluster.settings.queryOptions(), refetchInterval: 30_000 })
  const automatic = settings.data?.rebalance ?? null
  const plan = advice.data
  const refusal = write ?? clusterCan.rebalance(role)
  return (
    <Card
      title="Rebalance advice"
      {...(className ? { className } : {})}
      action={
        <span className="flex gap-2">
          {settings.data && (
            <Button refusal={write ?? clusterCan.changeSettings(role)} onClick={() => openAutomatic(automatic)}>
              Automatic…
            </Button>
          )}
          {plan && plan.moves.length > 0 && (
            <Button refusal={refusal} onClick={openRebalance}>
              Apply…
            </Button>
          )}
        </span>
      }
    >
      {plan ? (
        <div className="flex flex-col gap-1.5 px-3 py-2">
          <p className="font-medium">{adviceSentence(plan)}</p>
          <p className="text-compact text-muted">
            Skew is the standard deviation of reserved CPU or memory, whichever is fuller, over its mean:{' '}
            {plural(plan.nodesCompared, 'node')} compared, {plural(plan.tasksMovable, 'task')} may be moved
            (at-least-once and “move” on drain). {automaticWords(automatic)}
          </p>
          {plan.moves.length > 0 && (
            <details>
              <summary className="min-h-6 text-info">Show where each task goes</summary>
              <MoveList moves={plan.moves} />
            </details>
          )}
        </div>
      ) : advice.error ? (
        <Failed what="There is no advice now." problem={toProblem(advice.error)} />
      ) : (
        <Skeleton rows={2} />
      )}
    </Card>
  )
}

function automaticWords(automatic: AutomaticRebalance | null): string {
  if (!automatic) return 'Never done by itself.'
  const when = automatic.window ? `, begun from ${automatic.window.from} to ${automatic.window.to} UTC` : ''
  return `The cluster makes at most ${plural(automatic.movesPerHour, 'move')} an hour by itself${when}.`
}
