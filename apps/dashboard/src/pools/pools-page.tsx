'use client'

import { clusterCan, type PoolView } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { lazy } from 'react'
import { queries } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { SimpleTable } from '../settings/simple-table.tsx'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { openDialog } from '../ui/dialog-host.tsx'
import { Card, PageHeader } from '../ui/layout.tsx'
import { Empty, Failed, Skeleton, Warning } from '../ui/states.tsx'
import { TextLink } from '../ui/text-link.tsx'

const ScalerDialog = lazy(() => import('./scaler-dialog.tsx').then((module) => ({ default: module.ScalerDialog })))

const LOOK_AGAIN_MS = 2_000

/** Groups of nodes, and how those stand that grow and shrink through a provider of machines. */
export function PoolsPage() {
  const role = useRole()
  const refusal = useWriteRefusal() ?? clusterCan.changeSettings(role)
  const asked = useQuery({ ...queries.pools.list.queryOptions(), refetchInterval: LOOK_AGAIN_MS })
  const pools = asked.data?.value
  const autoscale = (pool: PoolView | null) => openDialog((close) => <ScalerDialog pool={pool} close={close} />)
  return (
    <>
      <PageHeader
        title="Pools"
        note={
          <>
            A task goes to <TextLink href="/nodes">nodes</TextLink> of its pool
          </>
        }
      >
        <Button refusal={refusal} onClick={() => autoscale(null)}>
          Autoscale a pool…
        </Button>
      </PageHeader>
      {asked.error && !pools && (
        <div className="p-4">
          <Failed what="The pools could not be loaded." problem={toProblem(asked.error)} />
        </div>
      )}
      {!pools && !asked.error && <Skeleton />}
      {pools?.length === 0 && <Empty title="No node has joined yet, so there is no pool." />}
      <div className="flex flex-col gap-4 px-4 pb-4">
        {pools && pools.length > 0 && (
          <SimpleTable label="Pools" titles={['Pool', 'Nodes', 'Usable', 'Tasks', 'Waiting', 'Autoscaled', 'Why', '']}>
            {pools.map((pool) => (
              <tr key={pool.pool}>
                <td className="font-medium">{pool.pool}</td>
                <td>{pool.nodes}</td>
                <td>{pool.usable}</td>
                <td>{pool.tasksPlaced}</td>
                <td className={pool.waiting > 0 ? 'text-warn' : ''}>{pool.waiting}</td>
                <td className="whitespace-nowrap">
                  {pool.scaler ? (
                    `${pool.scaler.policy.min} to ${pool.scaler.policy.max}`
                  ) : (
                    <span className="text-muted">no</span>
                  )}
                </td>
                <td className="text-muted">{pool.scaler?.because}</td>
                <td>
                  <Button refusal={refusal} onClick={() => autoscale(pool)}>
                    {pool.scaler ? 'Change…' : 'Autoscale…'}
                  </Button>
                </td>
              </tr>
            ))}
          </SimpleTable>
        )}
        {pools?.map((pool) => pool.scaler && <ScalerCard key={pool.pool} scaler={pool.scaler} />)}
      </div>
    </>
  )
}

function ScalerCard({ scaler }: { readonly scaler: NonNullable<PoolView['scaler']> }) {
  const { request, history } = scaler
  return (
    <Card title={`Requests of ${scaler.id}`}>
      <div className="flex flex-col gap-2 px-3 py-2">
        {request ? (
          <p>
            {request.kind === 'scale-up' ? `${request.count} more` : `Giving back ${request.nodeId}`}: {request.state}{' '}
            for <Age atMs={request.atMs} /> ({request.because})
          </p>
        ) : (
          <p className="text-muted">Nothing is asked for now.</p>
        )}
        {request?.problem && (
          <Warning tone="bad">
            {request.problem}. Tried {request.tries} {request.tries === 1 ? 'time' : 'times'}.
          </Warning>
        )}
        {history.length > 0 && (
          <ul className="flex flex-col gap-1">
            {history.map((entry) => (
              <li key={entry.request} className="border-t border-line pt-1">
                <span className={entry.isDone ? '' : 'text-warn'}>
                  {entry.isDone ? '' : '▲ '}
                  {entry.text}
                </span>{' '}
                <span className="text-muted">
                  {entry.request}, <Age atMs={entry.atMs} suffix=" ago" />
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Card>
  )
}
