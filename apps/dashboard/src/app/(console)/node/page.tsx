import type { Metadata } from 'next'
import { NodePage } from '../../../node/node-page.tsx'

export const metadata: Metadata = { title: 'Node' }

export default function Page() {
  return <NodePage />
}
