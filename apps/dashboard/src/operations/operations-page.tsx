'use client'

import type { Operation } from '@quarterdeck/domain'
import { useMemo } from 'react'
import { store } from '../live/page.ts'
import { useIsComplete, useVersion } from '../live/use-live.ts'
import { Age } from '../ui/age.tsx'
import { PartsBar } from '../ui/bars.tsx'
import { PageHeader } from '../ui/layout.tsx'
import { Empty, Skeleton } from '../ui/states.tsx'
import { OperationLink } from '../ui/text-link.tsx'
import { operationProgress, operationTitle } from './operation-words.ts'

/** Drains and bulk acts: running ones first, then the past. */
export function OperationsPage() {
  const isComplete = useIsComplete()
  const operations = useOperations()
  return (
    <>
      <PageHeader title="Operations" note="Drains and acts on many nodes, with their plan and what really happened" />
      {!isComplete && <Skeleton />}
      {isComplete && operations.length === 0 && (
        <Empty title="No operation yet. Draining a node, or cordoning several at once, makes one." />
      )}
      <ul>
        {operations.map((operation) => (
          <li key={operation.id} className="border-t border-line last:border-b">
            <OperationRow operation={operation} />
          </li>
        ))}
      </ul>
    </>
  )
}

export function useOperations(): readonly Operation[] {
  const version = useVersion('operations')
  return useMemo(() => {
    // Named so that the memo is renewed with the store, which React cannot see into.
    void version
    const isRunning = (operation: Operation) => (operation.state === 'running' ? 0 : 1)
    return [...store.operations.values()].sort((a, b) => isRunning(a) - isRunning(b) || b.startedAtMs - a.startedAtMs)
  }, [version])
}

const stateTones = { running: 'text-info', done: 'text-ready', stopped: 'text-calm', failed: 'text-bad' } as const

export function OperationRow({ operation }: { readonly operation: Operation }) {
  const { done, total } = operationProgress(operation)
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
      <span className="min-w-44 flex-1">
        <OperationLink id={operation.id}>{operationTitle(operation)}</OperationLink>
        {operation.reason && <span className="text-muted"> “{operation.reason}”</span>}
      </span>
      <span className={stateTones[operation.state]}>{operation.state}</span>
      {total > 0 && (
        <span className="w-48">
          <PartsBar
            label={`Progress of ${operationTitle(operation)}`}
            parts={[
              { label: 'gone', count: done, className: 'bg-fill-draining' },
              { label: 'left', count: total - done, className: 'bg-load-1' },
            ]}
          />
        </span>
      )}
      <span className="w-44 text-right text-muted">
        <Age atMs={operation.startedAtMs} suffix=" ago" /> by {operation.by}
      </span>
    </div>
  )
}
