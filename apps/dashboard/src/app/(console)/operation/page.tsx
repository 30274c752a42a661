import type { Metadata } from 'next'
import { OperationPage } from '../../../operations/operation-page.tsx'

export const metadata: Metadata = { title: 'Operation' }

export default function Page() {
  return <OperationPage />
}
