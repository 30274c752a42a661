import type { Metadata } from 'next'
import { ControlPage } from '../../../control/control-page.tsx'

export const metadata: Metadata = { title: 'Control plane' }

export default function Page() {
  return <ControlPage />
}
