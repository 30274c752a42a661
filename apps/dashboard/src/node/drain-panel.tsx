'use client'

import type { NodeRow } from '@quarterdeck/domain'
import { useOperation } from '../live/use-live.ts'
import { Countdown } from '../ui/age.tsx'
import { PartsBar } from '../ui/bars.tsx'
import { Card } from '../ui/layout.tsx'
import { Warning } from '../ui/states.tsx'
import { NodeLink, OperationLink } from '../ui/text-link.tsx'

const DESTINATIONS_SHOWN = 5

/** How far a drain is, what it waits for, and where the work went. */
export function DrainPanel({ node }: { readonly node: NodeRow }) {
  const operation = useOperation(node.drain?.operationId ?? '')
  if (!node.drain) return null
  const progress = operation?.progress.find((each) => each.nodeId === node.id)
  const atStart = progress?.tasksAtStart ?? node.tasksPlaced
  const left = progress?.tasksLeft ?? node.tasksPlaced
  const here =
    operation?.plan?.moves.filter((move) => move.fromNodeId === node.id).map((move) => move.taskId as string) ?? []
  const destinations = Map.groupBy(
    (operation?.actual ?? []).filter((each) => here.includes(each.taskId) && each.toNodeId !== null),
    (each) => each.toNodeId as string,
  )
  const ranked = [...destinations].sort(([, a], [, b]) => b.length - a.length)
  return (
    <Card title={<>Draining</>} action={<OperationLink id={node.drain.operationId}>Open the operation</OperationLink>}>
      <div className="flex flex-col gap-3 px-3 py-2">
        <p>
          {atStart - left} of {atStart} gone
          {node.drain.mode === 'wait' && (
            <>
              {' '}
              · <Countdown untilMs={node.drain.startedAtMs + node.drain.deadlineMs} /> left, then the rest{' '}
              {node.drain.afterDeadline === 'keep' ? 'stays' : 'is forced'}
            </>
          )}
          {node.drain.mode === 'no-deadline' && ' · no deadline'}
          {node.drain.mode === 'now' && ' · every task is stopped at once'}
          {node.remark && ` · by ${node.remark.by}${node.remark.reason ? `: “${node.remark.reason}”` : ''}`}
        </p>
        <PartsBar
          label="Progress of the drain"
          parts={[
            { label: 'gone', count: atStart - left, className: 'bg-fill-draining' },
            { label: 'left', count: left, className: 'bg-load-1' },
          ]}
        />
        {(progress?.blockedBy ?? []).map((sentence) => (
          <Warning key={sentence}>{sentence}</Warning>
        ))}
        {ranked.length > 0 && (
          <p className="flex flex-wrap gap-x-3">
            <span className="text-muted">Where the work went:</span>
            {ranked.slice(0, DESTINATIONS_SHOWN).map(([id, tasks]) => (
              <span key={id}>
                <NodeLink id={id} /> ×{tasks.length}
              </span>
            ))}
            {ranked.length > DESTINATIONS_SHOWN && (
              <span className="text-muted">+{ranked.length - DESTINATIONS_SHOWN} nodes</span>
            )}
          </p>
        )}
      </div>
    </Card>
  )
}
