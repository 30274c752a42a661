'use client'

import type { AutomaticRebalance } from '@quarterdeck/domain'
import { lazy } from 'react'
import { openDialog } from '../ui/dialog-host.tsx'

const RebalanceDialog = lazy(() =>
  import('./rebalance-dialog.tsx').then((module) => ({ default: module.RebalanceDialog })),
)

const AutomaticDialog = lazy(() =>
  import('./automatic-dialog.tsx').then((module) => ({ default: module.AutomaticDialog })),
)

export function openAutomatic(policy: AutomaticRebalance | null): void {
  openDialog((close) => <AutomaticDialog policy={policy} close={close} />)
}

export function openRebalance(): void {
  openDialog((close) => <RebalanceDialog close={close} />)
}
