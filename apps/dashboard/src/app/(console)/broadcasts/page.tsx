import type { Metadata } from 'next'
import { BroadcastsPage } from '../../../broadcasts/broadcasts-page.tsx'

export const metadata: Metadata = { title: 'Broadcasts' }

export default function Page() {
  return <BroadcastsPage />
}
