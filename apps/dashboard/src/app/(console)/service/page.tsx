import type { Metadata } from 'next'
import { ServicePage } from '../../../services/service-page.tsx'

export const metadata: Metadata = { title: 'Service' }

export default function Page() {
  return <ServicePage />
}
