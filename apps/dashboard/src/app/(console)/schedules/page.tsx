import type { Metadata } from 'next'
import { SchedulesPage } from '../../../schedules/schedules-page.tsx'

export const metadata: Metadata = { title: 'Schedules' }

export default function Page() {
  return <SchedulesPage />
}
