'use client'

import type { NodeId, TaskSubmitInput } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { queries } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { Warning } from '../ui/states.tsx'
import { NodePicker } from './node-picker.tsx'
import { RequirementTable } from './requirement-table.tsx'
import { VerdictView } from './verdict-view.tsx'

/** The price of each requirement of a task that is still being written, and "why not on …?" for any node. */
export function DispatchExplanation({ task }: { readonly task: TaskSubmitInput }) {
  const [nodeId, setNodeId] = useState<NodeId | null>(null)
  const input = { task, ...(nodeId === null ? {} : { nodeId }) }
  const answer = useQuery({
    ...queries.tasks.explainNew.queryOptions(input),
    refetchInterval: 5_000,
    placeholderData: (before) => before,
  })
  const asked = answer.data?.asked
  return (
    <>
      {answer.data && <RequirementTable now={answer.data} />}
      {answer.error && <Warning>{toProblem(answer.error).message}</Warning>}
      <NodePicker label="Why not on …?" nodeId={nodeId} onPick={setNodeId} />
      <div aria-live="polite">{asked && asked.nodeId === nodeId && <VerdictView verdict={asked} when="Now" />}</div>
    </>
  )
}
