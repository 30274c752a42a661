'use client'

import { memo } from 'react'
import { IntentNote } from '../acts/intent-note.tsx'
import { formatShare } from '../format/amount.ts'
import { useLoad, useNode } from '../live/use-live.ts'
import { Age } from '../ui/age.tsx'
import { NodeStatus } from '../ui/status.tsx'
import { NodeLink } from '../ui/text-link.tsx'
import { isSilent } from './node-cells.tsx'

/** A node in two lines, for a phone. */
export const NodeCard = memo(function NodeCard({ id }: { readonly id: string }) {
  const node = useNode(id)
  const load = useLoad(node?.slot)
  if (!node) return null
  const known = isSilent(node) ? 'last ' : ''
  return (
    <li className="flex min-h-14 flex-col justify-center gap-0.5 border-b border-line px-4 py-1.5">
      <div className="flex items-center justify-between gap-3 text-form">
        <NodeLink id={id} />
        <NodeStatus node={node} />
      </div>
      <div className="flex gap-3 text-compact text-muted">
        <span>{node.zone}</span>
        <span>
          {node.tasksPlaced}/{node.capacity.taskSlots} tasks
        </span>
        {load && (
          <span>
            CPU {known}
            {formatShare(load.cpuShare)}
          </span>
        )}
        {load && (
          <span>
            Mem {known}
            {formatShare(load.memoryShare)}
          </span>
        )}
        <span className="flex-1 text-right">
          <IntentNote of={`node:${id}`} />{' '}
          <Age atMs={node.scheduling === 'open' ? node.healthSinceMs : node.schedulingSinceMs} />
        </span>
      </div>
    </li>
  )
})
