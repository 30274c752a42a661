import type { Metadata } from 'next'
import { PoolsPage } from '../../../pools/pools-page.tsx'

export const metadata: Metadata = { title: 'Pools' }

export default function Page() {
  return <PoolsPage />
}
