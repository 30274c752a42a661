'use client'

import type { JobTemplateId, JobTemplateVersion } from '@quarterdeck/domain'
import { lazy } from 'react'
import { openDialog } from '../ui/dialog-host.tsx'

const ApplyDialog = lazy(() => import('./apply-dialog.tsx').then((module) => ({ default: module.ApplyDialog })))
const RemoveDialog = lazy(() => import('./remove-dialog.tsx').then((module) => ({ default: module.RemoveDialog })))

export type EditedTemplate = { readonly name: JobTemplateId; readonly definition: JobTemplateVersion }

/** The editor: with a template's own file, or with an example. */
export function openApplyTemplate(edited: EditedTemplate | null): void {
  openDialog((close) => <ApplyDialog edited={edited} close={close} />)
}

export function openRemoveTemplate(id: JobTemplateId): void {
  openDialog((close) => <RemoveDialog id={id} close={close} />)
}
