import type { Metadata } from 'next'
import { TaskPage } from '../../../task/task-page.tsx'

export const metadata: Metadata = { title: 'Task' }

export default function Page() {
  return <TaskPage />
}
