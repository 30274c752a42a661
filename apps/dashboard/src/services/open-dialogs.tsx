'use client'

import type { ServiceId, ServiceRow, ServiceSpec } from '@quarterdeck/domain'
import { lazy } from 'react'
import { openDialog } from '../ui/dialog-host.tsx'

const ApplyDialog = lazy(() => import('./apply-dialog.tsx').then((module) => ({ default: module.ApplyDialog })))
const AutoscaleDialog = lazy(() =>
  import('./autoscale-dialog.tsx').then((module) => ({ default: module.AutoscaleDialog })),
)
const dialogs = () => import('./service-dialogs.tsx')
const ScaleDialog = lazy(() => dialogs().then((module) => ({ default: module.ScaleDialog })))
const RollbackDialog = lazy(() => dialogs().then((module) => ({ default: module.RollbackDialog })))
const UpdateDialog = lazy(() => dialogs().then((module) => ({ default: module.UpdateDialog })))
const RemoveServiceDialog = lazy(() => dialogs().then((module) => ({ default: module.RemoveServiceDialog })))

/** The editor: with a service's own file, or with an example. */
export function openApply(spec: ServiceSpec | null): void {
  openDialog((close) => <ApplyDialog spec={spec} close={close} />)
}

export function openScale(row: ServiceRow): void {
  openDialog((close) => <ScaleDialog row={row} close={close} />)
}

export function openAutoscale(row: ServiceRow): void {
  openDialog((close) => <AutoscaleDialog row={row} close={close} />)
}

export function openRollback(id: ServiceId, version: number): void {
  openDialog((close) => <RollbackDialog id={id} version={version} close={close} />)
}

export function openUpdateAct(id: ServiceId, act: 'pause' | 'resume'): void {
  openDialog((close) => <UpdateDialog id={id} act={act} close={close} />)
}

export function openRemoveService(id: ServiceId): void {
  openDialog((close) => <RemoveServiceDialog id={id} close={close} />)
}
