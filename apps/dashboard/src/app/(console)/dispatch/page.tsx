import type { Metadata } from 'next'
import { DispatchPage } from '../../../dispatch/dispatch-page.tsx'

export const metadata: Metadata = { title: 'Dispatch' }

export default function Page() {
  return <DispatchPage />
}
