'use client'

import type { NodeId } from '@quarterdeck/domain'
import { lazy } from 'react'
import { openDialog } from '../ui/dialog-host.tsx'

const LossDialog = lazy(() => import('./loss-dialog.tsx').then((module) => ({ default: module.LossDialog })))

export function openLoss(target: { readonly ids: readonly NodeId[]; readonly zone?: string }): void {
  openDialog((close) => <LossDialog target={target} close={close} />)
}
