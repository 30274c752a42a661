import type { Metadata } from 'next'
import { WorkflowPage } from '../../../workflows/workflow-page.tsx'

export const metadata: Metadata = { title: 'Workflow' }

export default function Page() {
  return <WorkflowPage />
}
