'use client'

import type { WorkflowVersion } from '@quarterdeck/domain'
import { api } from '../api/client.ts'
import { ApplyFileDialog } from '../ui/apply-file-dialog.tsx'
import { SpecPlanView } from '../ui/spec-plan-view.tsx'
import { exampleWorkflow, readWorkflow, writeWorkflow } from './workflow-file.ts'

type Props = { readonly definition: WorkflowVersion | null; readonly close: () => void }

/** A workflow file, what it would change, and the button that carries out just that. */
export function ApplyDialog({ definition, close }: Props) {
  return (
    <ApplyFileDialog
      title={definition ? `Edit ${definition.workflowId}` : 'Apply a workflow'}
      label="Workflow file (YAML or JSON)"
      initial={definition ? writeWorkflow(definition) : exampleWorkflow}
      read={readWorkflow}
      preview={(spec) => api.workflows.plan.mutate({ spec })}
      isUnchanged={({ act }) => act === 'unchanged'}
      show={(plan) => <SpecPlanView plan={plan} />}
      intentKey={({ name }) => `workflow:${name}`}
      apply={(spec, { basis }) => api.workflows.save.mutate({ spec, basis })}
      done={({ name, version }) => ({
        text: `Workflow ${name} is at version ${version}.`,
        href: `/workflow?id=${encodeURIComponent(name)}`,
      })}
      close={close}
    />
  )
}
