'use client'

import type { NodeId, NodeRow } from '@quarterdeck/domain'
import { lazy } from 'react'
import { cordon } from '../acts/node-acts.ts'
import { openDialog } from '../ui/dialog-host.tsx'

const DrainDialog = lazy(() => import('../drain/drain-dialog.tsx').then((module) => ({ default: module.DrainDialog })))
const StopDrainDialog = lazy(() =>
  import('../drain/stop-drain-dialog.tsx').then((module) => ({ default: module.StopDrainDialog })),
)
const PlacingDialog = lazy(() => import('./placing-dialog.tsx').then((module) => ({ default: module.PlacingDialog })))
const CordonDialog = lazy(() => import('./cordon-dialog.tsx').then((module) => ({ default: module.CordonDialog })))

export function openDrain(ids: readonly NodeId[]): void {
  openDialog((close) => <DrainDialog ids={ids} close={close} />)
}

export function openStopDrain(ids: readonly NodeId[]): void {
  openDialog((close) => <StopDrainDialog ids={ids} close={close} />)
}

/** One node at once, with an undo (L0); several after a look at what is left (L1). */
export function startCordon(ids: readonly NodeId[]): void {
  if (ids.length === 1) void cordon(ids)
  else openDialog((close) => <CordonDialog ids={ids} close={close} />)
}

export function openPlacing(node: NodeRow): void {
  openDialog((close) => <PlacingDialog node={node} close={close} />)
}

export function openCordonWithReason(ids: readonly NodeId[]): void {
  openDialog((close) => <CordonDialog ids={ids} close={close} />)
}
