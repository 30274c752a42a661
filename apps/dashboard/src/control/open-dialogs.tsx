'use client'

import type { ControllerId, NodeId } from '@quarterdeck/domain'
import { lazy } from 'react'
import { openDialog } from '../ui/dialog-host.tsx'

const TransferDialog = lazy(() =>
  import('./transfer-dialog.tsx').then((module) => ({ default: module.TransferDialog })),
)
const PromoteDialog = lazy(() => import('./role-dialogs.tsx').then((module) => ({ default: module.PromoteDialog })))
const DemoteDialog = lazy(() => import('./role-dialogs.tsx').then((module) => ({ default: module.DemoteDialog })))
const RemoveNodeDialog = lazy(() =>
  import('./role-dialogs.tsx').then((module) => ({ default: module.RemoveNodeDialog })),
)
const BrakeDialog = lazy(() => import('./role-dialogs.tsx').then((module) => ({ default: module.BrakeDialog })))

export function openTransfer(to: ControllerId): void {
  openDialog((close) => <TransferDialog to={to} close={close} />)
}

export function openPromote(id: NodeId): void {
  openDialog((close) => <PromoteDialog id={id} close={close} />)
}

export function openDemote(id: NodeId): void {
  openDialog((close) => <DemoteDialog id={id} close={close} />)
}

export function openRemoveNode(id: NodeId): void {
  openDialog((close) => <RemoveNodeDialog id={id} close={close} />)
}

export function openReleaseBrake(): void {
  openDialog((close) => <BrakeDialog close={close} />)
}
