'use client'

import { memo } from 'react'
import { useTask } from '../live/use-live.ts'
import { Age } from '../ui/age.tsx'
import { TaskStatus } from '../ui/status.tsx'
import { TaskLink } from '../ui/text-link.tsx'
import { TaskDuration } from './task-cells.tsx'

/** A task in two lines, for a phone. */
export const TaskCard = memo(function TaskCard({ id }: { readonly id: string }) {
  const task = useTask(id)
  if (!task) return null
  return (
    <li className="flex min-h-14 flex-col justify-center gap-0.5 border-b border-line px-4 py-1.5">
      <div className="flex items-center justify-between gap-3 text-form">
        <TaskLink id={id}>{task.name}</TaskLink>
        <TaskStatus state={task.state} />
      </div>
      <div className="flex gap-3 text-compact text-muted">
        <span>{task.nodeId ?? 'no node'}</span>
        <span>
          <TaskDuration task={task} />
        </span>
        <span className="flex-1 text-right">
          <Age atMs={task.createdAtMs} suffix=" ago" />
        </span>
      </div>
    </li>
  )
})
