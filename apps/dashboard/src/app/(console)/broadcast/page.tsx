import type { Metadata } from 'next'
import { BroadcastPage } from '../../../broadcasts/broadcast-page.tsx'

export const metadata: Metadata = { title: 'Broadcast' }

export default function Page() {
  return <BroadcastPage />
}
