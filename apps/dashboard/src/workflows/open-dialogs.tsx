'use client'

import type { WorkflowId, WorkflowRunView, WorkflowVersion } from '@quarterdeck/domain'
import { lazy } from 'react'
import { openDialog } from '../ui/dialog-host.tsx'

const ApplyDialog = lazy(() => import('./apply-dialog.tsx').then((module) => ({ default: module.ApplyDialog })))
const dialogs = () => import('./run-dialogs.tsx')
const StartDialog = lazy(() => dialogs().then((module) => ({ default: module.StartDialog })))
const CancelDialog = lazy(() => dialogs().then((module) => ({ default: module.CancelDialog })))
const RetryDialog = lazy(() => dialogs().then((module) => ({ default: module.RetryDialog })))
const RemoveDialog = lazy(() => dialogs().then((module) => ({ default: module.RemoveDialog })))

/** The editor: with a workflow's own file, or with an example. */
export function openApplyWorkflow(definition: WorkflowVersion | null): void {
  openDialog((close) => <ApplyDialog definition={definition} close={close} />)
}

export function openStart(id: WorkflowId): void {
  openDialog((close) => <StartDialog id={id} close={close} />)
}

export function openCancelRun(run: WorkflowRunView): void {
  openDialog((close) => <CancelDialog run={run} close={close} />)
}

export function openRetryRun(run: WorkflowRunView): void {
  openDialog((close) => <RetryDialog run={run} close={close} />)
}

export function openRemoveWorkflow(id: WorkflowId): void {
  openDialog((close) => <RemoveDialog id={id} close={close} />)
}
