import type { Metadata } from 'next'
import { RunPage } from '../../../workflows/run-page.tsx'

export const metadata: Metadata = { title: 'Run of a workflow' }

export default function Page() {
  return <RunPage />
}
