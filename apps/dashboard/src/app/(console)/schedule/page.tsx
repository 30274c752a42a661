import type { Metadata } from 'next'
import { SchedulePage } from '../../../schedules/schedule-page.tsx'

export const metadata: Metadata = { title: 'Schedule' }

export default function Page() {
  return <SchedulePage />
}
