'use client'

import { memo } from 'react'
import type { Column } from '../grid/grid.tsx'
import { useTask } from '../live/use-live.ts'
import { Age } from '../ui/age.tsx'
import { TaskStatus } from '../ui/status.tsx'
import { NodeLink, TaskLink } from '../ui/text-link.tsx'
import { replicaWords } from './service-words.ts'

export const instanceColumns: readonly Column[] = [
  { id: 'slot', title: 'Replica', width: 'w-28' },
  { id: 'state', title: 'Status', width: 'w-34' },
  { id: 'version', title: 'Version', width: 'w-18', align: 'right' },
  { id: 'node', title: 'Node', width: 'w-34' },
  { id: 'health', title: 'Health' },
  { id: 'restarts', title: 'Restarts', width: 'w-20', align: 'right' },
  { id: 'since', title: 'Since', width: 'w-24', align: 'right' },
]

/** One replica, live or ended. Opening it shows the task with its log. */
export const InstanceCells = memo(function InstanceCells({ id }: { readonly id: string }) {
  const task = useTask(id)
  if (!task?.replica) return <td colSpan={instanceColumns.length} />
  return (
    <>
      <td className="truncate px-2">
        <TaskLink id={id}>{task.replica.slot}</TaskLink>
      </td>
      <td className="truncate px-2">
        <TaskStatus state={task.state} />
      </td>
      <td className="px-2 text-right">v{task.replica.specVersion}</td>
      <td className="truncate px-2">
        {task.nodeId ? <NodeLink id={task.nodeId} /> : <span className="text-muted">waiting</span>}
      </td>
      <td className={task.health?.healthy === false ? 'truncate px-2 text-bad' : 'truncate px-2'}>
        {replicaWords(task)}
      </td>
      <td className="px-2 text-right">{task.replica.restarts}</td>
      <td className="px-2 text-right text-muted">
        <Age atMs={task.sinceMs} />
      </td>
    </>
  )
})
