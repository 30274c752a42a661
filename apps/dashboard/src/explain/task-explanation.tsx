'use client'

import type { NodeId, TaskExplanation, TaskId } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { queries } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { Card } from '../ui/layout.tsx'
import { Failed, Skeleton, Warning } from '../ui/states.tsx'
import { NodeLink } from '../ui/text-link.tsx'
import { NodePicker } from './node-picker.tsx'
import { RequirementTable } from './requirement-table.tsx'
import { VerdictView } from './verdict-view.tsx'

/** What holds for the task now, where it would go now, and "why not on …?" for any node, as decided and as of now. */
export function TaskExplanationCard({ id, revision }: { readonly id: TaskId; readonly revision: number | undefined }) {
  const [nodeId, setNodeId] = useState<NodeId | null>(null)
  const input = { id, ...(nodeId === null ? {} : { nodeId }) }
  const answer = useQuery({
    ...queries.tasks.explain.queryOptions(input),
    refetchInterval: 5_000,
    placeholderData: (before) => before,
  })
  const { refetch } = answer
  useEffect(() => {
    // A change of the task makes another answer right.
    if (revision !== undefined) void refetch()
  }, [revision, refetch])
  return (
    <Card title="Why, and why not elsewhere">
      <div className="flex flex-col gap-2 px-3 py-2">
        <NodePicker label="Why not on …?" nodeId={nodeId} onPick={setNodeId} />
        {answer.data ? (
          <Answer explanation={answer.data} nodeId={nodeId} />
        ) : answer.error ? (
          <Failed what="This could not be explained." problem={toProblem(answer.error)} />
        ) : (
          <Skeleton rows={3} />
        )}
      </div>
    </Card>
  )
}

function Answer({ explanation, nodeId }: { readonly explanation: TaskExplanation; readonly nodeId: NodeId | null }) {
  const { reasons, decided, now } = explanation
  const last = decided[0]
  const isCurrent = (asked: { readonly nodeId: string } | null | undefined) => asked?.nodeId === nodeId
  return (
    <>
      <div aria-live="polite" className="flex flex-col gap-1.5">
        {last?.asked && isCurrent(last.asked) && <VerdictView verdict={last.asked} when="As decided" />}
        {now?.asked && isCurrent(now.asked) && <VerdictView verdict={now.asked} when="Now" />}
      </div>
      {reasons.map((reason) => (
        <Warning key={reason} tone="info">
          {reason}
        </Warning>
      ))}
      {last?.margin && (
        <p className="text-muted">
          Ahead of <NodeLink id={last.margin.overNodeId} /> by {last.margin.score.toFixed(3)}.
        </p>
      )}
      {now && (
        <details>
          <summary className="min-h-6 text-info">
            {now.entry.nodeId ? `Placed now, it would go to ${now.entry.nodeId}` : 'Placed now, it would wait'}
          </summary>
          <p className="py-1">{now.entry.because}</p>
          {now.entry.wouldFit && <p className="text-info">{now.entry.wouldFit}</p>}
          <RequirementTable now={now} />
        </details>
      )}
    </>
  )
}
