'use client'

import { lazy } from 'react'
import { openDialog } from '../ui/dialog-host.tsx'

const RebalanceDialog = lazy(() =>
  import('./rebalance-dialog.tsx').then((module) => ({ default: module.RebalanceDialog })),
)

export function openRebalance(): void {
  openDialog((close) => <RebalanceDialog close={close} />)
}
