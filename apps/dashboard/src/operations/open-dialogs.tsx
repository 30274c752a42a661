'use client'

import type { DrainPlan, OperationId } from '@quarterdeck/domain'
import { lazy } from 'react'
import { openDialog } from '../ui/dialog-host.tsx'

const StopRebalanceDialog = lazy(() =>
  import('./stop-rebalance-dialog.tsx').then((module) => ({ default: module.StopRebalanceDialog })),
)
const ApplyPlanDialog = lazy(() =>
  import('./apply-plan-dialog.tsx').then((module) => ({ default: module.ApplyPlanDialog })),
)

export function openStopRebalance(id: OperationId): void {
  openDialog((close) => <StopRebalanceDialog id={id} close={close} />)
}

export function openApplyPlan(plan: DrainPlan, onApplied: (operationId: OperationId) => void): void {
  openDialog((close) => <ApplyPlanDialog plan={plan} onApplied={onApplied} close={close} />)
}
