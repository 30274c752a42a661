'use client'

import type { WorkflowRunRow } from '@quarterdeck/domain'
import { SimpleTable } from '../settings/simple-table.tsx'
import { Age } from '../ui/age.tsx'
import { TextLink } from '../ui/text-link.tsx'
import { runTone } from './workflow-words.ts'

export function RunLink({ id, children }: { readonly id: string; readonly children?: string }) {
  return <TextLink href={`/workflow-run?id=${encodeURIComponent(id)}`}>{children ?? id}</TextLink>
}

export function WorkflowLink({ id }: { readonly id: string }) {
  return <TextLink href={`/workflow?id=${encodeURIComponent(id)}`}>{id}</TextLink>
}

/** Runs, newest first. */
export function RunTable({ runs }: { readonly runs: readonly WorkflowRunRow[] }) {
  return (
    <SimpleTable label="Runs" titles={['Run', 'Workflow', 'State', 'Steps', 'Started']}>
      {runs.map((run) => (
        <tr key={run.id}>
          <td className="font-medium">
            <RunLink id={run.id} />
          </td>
          <td className="whitespace-nowrap">
            {run.workflowId} <span className="text-muted">v{run.version}</span>
          </td>
          <td>
            <span className={runTone[run.state]}>{run.state}</span>
            {run.because && <span className="text-muted"> {run.because}</span>}
          </td>
          <td className="whitespace-nowrap">
            {run.stepsSucceeded} of {run.stepsTotal}
          </td>
          <td className="whitespace-nowrap text-muted">
            <Age atMs={run.createdAtMs} suffix=" ago" /> by {run.by}
          </td>
        </tr>
      ))}
    </SimpleTable>
  )
}
