'use client'

import { api } from '../api/client.ts'
import { ApplyFileDialog } from '../ui/apply-file-dialog.tsx'
import { SpecPlanView } from '../ui/spec-plan-view.tsx'
import type { EditedTemplate } from './open-dialogs.tsx'
import { exampleTemplate, readTemplate, writeTemplate } from './template-file.ts'

/** A job template file, what it would change, and the button that carries out just that. */
export function ApplyDialog({ edited, close }: { readonly edited: EditedTemplate | null; readonly close: () => void }) {
  return (
    <ApplyFileDialog
      title={edited ? `Edit ${edited.name}` : 'Apply a job template'}
      label="Job template file (YAML or JSON)"
      initial={edited ? writeTemplate(edited) : exampleTemplate}
      read={readTemplate}
      preview={(spec) => api.jobTemplates.plan.mutate({ spec })}
      isUnchanged={({ act }) => act === 'unchanged'}
      show={(plan) => <SpecPlanView plan={plan} />}
      intentKey={({ name }) => `job-template:${name}`}
      apply={(spec, { basis }) => api.jobTemplates.save.mutate({ spec, basis })}
      done={({ name, version }) => ({
        text: `Job template ${name} is at version ${version}.`,
        href: `/job?id=${encodeURIComponent(name)}`,
      })}
      close={close}
    />
  )
}
