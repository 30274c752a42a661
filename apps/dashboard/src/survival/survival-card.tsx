'use client'

import type { Loss, NodeId, Survivability } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { queries } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { plural } from '../format/amount.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/layout.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { openLoss } from './open-loss.tsx'

const NODES_SHOWN = 4

/** The always-on answer to "what can I lose now", with the reasons. */
export function SurvivalCard() {
  const answer = useQuery({ ...queries.cluster.survivability.queryOptions(), refetchInterval: 5_000 })
  return (
    <Card title="What can be lost">
      {answer.data ? (
        <Answer survival={answer.data} />
      ) : answer.error ? (
        <Failed what="What can be lost is not known now." problem={toProblem(answer.error)} />
      ) : answer.data === null ? (
        <p className="px-3 py-3 text-muted">Being computed.</p>
      ) : (
        <Skeleton rows={3} />
      )}
    </Card>
  )
}

function Answer({ survival }: { readonly survival: Survivability }) {
  const zones = survival.zones.length > 1 ? survival.zones : []
  const nodes = survival.nodes.slice(0, NODES_SHOWN)
  return (
    <div className="flex flex-col gap-2 px-3 py-3">
      <p className="font-medium">{survival.sentence}</p>
      <ul>
        {[...zones, ...nodes].map((loss) => (
          <LossLine key={`${loss.kind} ${loss.id}`} loss={loss} />
        ))}
      </ul>
      <p className="text-compact text-muted">
        {plural(survival.nodesChecked, 'node')} with work of {survival.nodesTotal} looked at{' '}
        <Age atMs={survival.computedAtMs} suffix=" ago" />.
      </p>
    </div>
  )
}

function LossLine({ loss }: { readonly loss: Loss }) {
  const name = loss.kind === 'zone' ? `Zone ${loss.id}` : loss.id
  const consequence = loss.survives
    ? loss.move === 0
      ? 'nothing would move'
      : `${plural(loss.move, 'task')} would begin again elsewhere`
    : (loss.because ?? 'work would be left behind')
  return (
    <li className="flex items-center gap-2 border-t border-line py-1">
      <span aria-hidden className={loss.survives ? 'text-ready' : 'text-warn'}>
        {loss.survives ? '●' : '▲'}
      </span>
      <span className="min-w-0 flex-1">
        {name}: {loss.survives ? 'can be lost' : 'cannot be lost'}
        <span className="block truncate text-compact text-muted">{consequence}</span>
      </span>
      <Button
        look="quiet"
        onClick={() => openLoss(loss.kind === 'zone' ? { ids: [], zone: loss.id } : { ids: [loss.id as NodeId] })}
      >
        What if…
      </Button>
    </li>
  )
}
