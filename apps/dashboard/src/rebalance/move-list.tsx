'use client'

import type { RebalanceMove } from '@quarterdeck/domain'
import { NodeLink, TaskLink } from '../ui/text-link.tsx'

/** Where each task of an advice goes, and what that does to both nodes. */
export function MoveList({ moves }: { readonly moves: readonly RebalanceMove[] }) {
  return (
    <ol className="mt-1 flex max-h-72 flex-col gap-1 overflow-y-auto">
      {moves.map(({ taskId, name, fromNodeId, toNodeId, because }) => (
        <li key={taskId} className="border-t border-line pt-1">
          <TaskLink id={taskId}>{name}</TaskLink> <NodeLink id={fromNodeId} /> → <NodeLink id={toNodeId} />
          <span className="block text-compact text-muted">{because}</span>
        </li>
      ))}
    </ol>
  )
}
