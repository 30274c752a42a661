'use client'

import { isWaiting, type TaskRow } from '@quarterdeck/domain'
import { memo } from 'react'
import { IntentNote } from '../acts/intent-note.tsx'
import { formatAge, formatDuration } from '../format/duration.ts'
import type { Column } from '../grid/grid.tsx'
import { useTask } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { Age } from '../ui/age.tsx'
import { TaskStatus } from '../ui/status.tsx'
import { NodeLink, TaskLink } from '../ui/text-link.tsx'

export const taskColumns: readonly Column[] = [
  { id: 'state', title: 'Status', width: 'w-34', isSortable: true },
  { id: 'name', title: 'Name', isSortable: true },
  { id: 'id', title: 'Id', width: 'w-56' },
  { id: 'node', title: 'Node', width: 'w-34', isSortable: true },
  { id: 'created', title: 'Submitted', width: 'w-26', isSortable: true },
  { id: 'duration', title: 'Duration', width: 'w-24', isSortable: true, align: 'right' },
  { id: 'attempt', title: 'Attempt', width: 'w-18', align: 'right' },
  { id: 'exit', title: 'Exit', width: 'w-18', align: 'right' },
]

/** Columns of a list that stands beside something else: where it runs is known there. */
export const compactTaskColumns: readonly Column[] = taskColumns.filter((column) =>
  ['state', 'name', 'created', 'duration'].includes(column.id),
)

export const CompactTaskCells = memo(function CompactTaskCells({ id }: { readonly id: string }) {
  const task = useTask(id)
  if (!task) return <td colSpan={compactTaskColumns.length} />
  return (
    <>
      <td className="truncate px-2">
        <TaskStatus state={task.state} />
      </td>
      <td className="truncate px-2">
        <TaskLink id={id}>{task.name}</TaskLink> <IntentNote of={`task:${id}`} />
      </td>
      <td className="truncate px-2 text-muted">
        <Age atMs={task.createdAtMs} suffix=" ago" />
      </td>
      <td className="px-2 text-right">
        <TaskDuration task={task} />
      </td>
    </>
  )
})

export const TaskCells = memo(function TaskCells({ id }: { readonly id: string }) {
  const task = useTask(id)
  if (!task) return <td colSpan={taskColumns.length} />
  return (
    <>
      <td className="truncate px-2">
        <TaskStatus state={task.state} />
      </td>
      <td className="truncate px-2">
        <TaskLink id={id}>{task.name}</TaskLink> <IntentNote of={`task:${id}`} />
        {task.system && <span className="ml-1 text-micro text-muted">system</span>}
      </td>
      <td className="truncate px-2 font-mono text-compact text-muted">{id}</td>
      <td className="truncate px-2">
        {task.nodeId ? (
          <NodeLink id={task.nodeId} />
        ) : (
          <span className="text-muted">{isWaiting(task.state) ? 'waiting' : '–'}</span>
        )}
      </td>
      <td className="truncate px-2 text-muted">
        <Age atMs={task.createdAtMs} suffix=" ago" />
      </td>
      <td className="px-2 text-right">
        <TaskDuration task={task} />
      </td>
      <td className="px-2 text-right">{task.attempt}</td>
      <td className="px-2 text-right">{exitWord(task)}</td>
    </>
  )
})

/** How long the current or last attempt has run; live while it runs. */
export function TaskDuration({ task }: { readonly task: Pick<TaskRow, 'startedAtMs' | 'endedAtMs'> }) {
  const nowMs = useNow()
  if (task.startedAtMs === null || nowMs === 0) return <span className="text-muted">–</span>
  return (
    <>
      {task.endedAtMs === null
        ? formatAge(nowMs - task.startedAtMs)
        : formatDuration(task.endedAtMs - task.startedAtMs)}
    </>
  )
}

/** Exit code, or the signal that ended it. */
export function exitWord({ exit }: Pick<TaskRow, 'exit'>): string {
  if (!exit) return ''
  return exit.signal ?? (exit.code === null ? 'error' : String(exit.code))
}
