'use client'

import { type Breaker, clusterCan, type NodeId } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { attempt } from '../acts/node-acts.ts'
import { api, queries } from '../api/client.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/layout.tsx'

const LOOK_AGAIN_MS = 2_000
const stateWords = {
  open: 'no work goes here',
  'half-open': 'a few attempts may go here and decide',
  closed: 'works here again',
} as const

/** Which jobs are kept away from this node because they failed here. Nothing when there are none. */
export function BreakerCard({ nodeId }: { readonly nodeId: NodeId }) {
  const asked = useQuery({ ...queries.faults.breakers.queryOptions(), refetchInterval: LOOK_AGAIN_MS })
  const here = (asked.data?.value ?? []).filter((breaker) => breaker.nodeId === nodeId)
  if (here.length === 0) return null
  return (
    <Card title="Circuit breakers">
      <ul>
        {here.map((breaker) => (
          <Row key={breaker.id} breaker={breaker} onClosed={() => void asked.refetch()} />
        ))}
      </ul>
    </Card>
  )
}

function Row({ breaker, onClosed }: { readonly breaker: Breaker; readonly onClosed: () => void }) {
  const role = useRole()
  const refusal = useWriteRefusal() ?? clusterCan.dispatch(role)
  const { job, nodeId, state, sinceMs, because } = breaker
  const close = () =>
    attempt(async () => {
      await api.faults.closeBreaker.mutate({ job, nodeId, reason: 'from the node page' })
      onClosed()
    })
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-2 last:border-0">
      <p className="min-w-0 flex-1">
        <strong className="font-medium">{job}</strong>{' '}
        <span className={state === 'open' ? 'text-bad' : state === 'half-open' ? 'text-warn' : 'text-ready'}>
          {state}
        </span>{' '}
        for <Age atMs={sinceMs} />: {stateWords[state]}
        <span className="block text-compact text-muted">{because}</span>
      </p>
      {state !== 'closed' && (
        <Button refusal={refusal} onClick={() => void close()} aria-label={`Close the breaker of ${job}`}>
          Close
        </Button>
      )}
    </li>
  )
}
