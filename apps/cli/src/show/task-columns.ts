import type { TaskRow } from '@quarterdeck/domain'
import { ago } from './moments.ts'
import type { Column } from './table.ts'

export const taskColumns: readonly Column<TaskRow>[] = [
  { title: 'task', of: (task) => task.id },
  { title: 'name', of: (task) => task.name },
  { title: 'state', of: (task) => task.state },
  { title: 'node', of: (task) => task.nodeId },
  { title: 'try', of: (task) => task.attempt, align: 'right' },
  { title: 'for', of: (task) => ago(task.sinceMs) },
  { title: 'exit', of: exit, align: 'right' },
  { title: 'progress', of: progress },
]

export function exit(task: Pick<TaskRow, 'exit'>): string | null {
  if (!task.exit) return null
  return task.exit.signal ?? (task.exit.code === null ? 'error' : String(task.exit.code))
}

function progress({ progress: known }: TaskRow): string | null {
  if (!known) return null
  const share = known.share === null ? '' : `${Math.round(known.share * 100)} % `
  return `${share}${known.text}`.trim()
}
