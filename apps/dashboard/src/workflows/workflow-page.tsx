'use client'

import { type WorkflowDetail, type WorkflowId, workflowCan } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { parseAsInteger, parseAsString, useQueryState } from 'nuqs'
import { useMemo } from 'react'
import { queries } from '../api/client.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { SimpleTable } from '../settings/simple-table.tsx'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { Card, PageHeader } from '../ui/layout.tsx'
import { NotLoaded } from '../ui/not-loaded.tsx'
import { Empty } from '../ui/states.tsx'
import { TextLink } from '../ui/text-link.tsx'
import { FlowGraph } from './flow-graph.tsx'
import { openApplyWorkflow, openRemoveWorkflow, openStart } from './open-dialogs.tsx'
import { RunTable } from './run-table.tsx'
import type { FlowStep } from './workflow-words.ts'

const LOOK_AGAIN_MS = 2_000
const RUNS_SHOWN = 50

/** One workflow: its steps as a drawing, its versions, its runs. */
export function WorkflowPage() {
  const [id] = useQueryState('id', parseAsString.withDefault(''))
  const [version, setVersion] = useQueryState('version', parseAsInteger)
  const asked = useQuery({
    ...queries.workflows.get.queryOptions({ id: id as WorkflowId, ...(version === null ? {} : { version }) }),
    enabled: id !== '',
    refetchInterval: LOOK_AGAIN_MS,
  })
  if (id === '') return <Empty title="No workflow was named." />
  if (asked.data) return <Body detail={asked.data.value} onVersion={(next) => void setVersion(next)} />
  return (
    <NotLoaded
      title="Workflow"
      asked={asked}
      missing={{
        code: 'workflow_not_found',
        text: ({ message }) => message,
        more: <TextLink href="/workflows">All workflows</TextLink>,
      }}
    />
  )
}

type Step = WorkflowDetail['definition']['steps'][number]

function whatRuns({ exec, handler }: Step['task']): string {
  return handler ? `handler ${handler.name}` : [exec?.command, ...(exec?.args ?? [])].join(' ')
}

function Body({
  detail,
  onVersion,
}: {
  readonly detail: WorkflowDetail
  readonly onVersion: (version: number | null) => void
}) {
  const { workflow, definition, versions, runs } = detail
  const role = useRole()
  const writes = useWriteRefusal()
  const steps = useMemo(
    () => definition.steps.map(({ name, after, task }): FlowStep => ({ name, after, runsWhat: whatRuns(task) })),
    [definition],
  )
  return (
    <>
      <PageHeader
        title={workflow.id}
        note={
          <>
            {workflow.description && `${workflow.description} · `}version {workflow.version} · changed{' '}
            <Age atMs={workflow.changedAtMs} suffix=" ago" /> by {workflow.changedBy}
          </>
        }
      >
        <Button look="primary" refusal={writes ?? workflowCan.start(role)} onClick={() => openStart(workflow.id)}>
          Start a run…
        </Button>
        <Button refusal={writes ?? workflowCan.change(role)} onClick={() => openApplyWorkflow(definition)}>
          Edit…
        </Button>
        <Button refusal={writes ?? workflowCan.change(role)} onClick={() => openRemoveWorkflow(workflow.id)}>
          Remove…
        </Button>
      </PageHeader>
      <div className="flex flex-col gap-4 p-4">
        <Card
          title={`Steps of version ${definition.version}`}
          action={
            versions.length > 1 && (
              <span className="flex flex-wrap justify-end gap-2 text-compact">
                {versions.map(({ version }) =>
                  version === definition.version ? (
                    <span key={version} className="text-muted">
                      v{version}
                    </span>
                  ) : (
                    <Button
                      key={version}
                      look="quiet"
                      onClick={() => onVersion(version === workflow.version ? null : version)}
                    >
                      v{version}
                    </Button>
                  ),
                )}
              </span>
            )
          }
        >
          <FlowGraph steps={steps} label={`Drawing of ${workflow.id}`} />
        </Card>
        <SimpleTable label="Steps" titles={['Step', 'Begins', 'Runs', 'When it fails', 'Undone by']}>
          {definition.steps.map((step) => (
            <tr key={step.name}>
              <td className="font-medium">{step.name}</td>
              <td>{beginsWhen(step)}</td>
              <td className="font-mono text-compact">{whatRuns(step.task)}</td>
              <td>{step.onFailure}</td>
              <td className="font-mono text-compact">{step.compensate ? whatRuns(step.compensate.task) : ''}</td>
            </tr>
          ))}
        </SimpleTable>
        <section className="flex flex-col gap-2">
          <h2 className="font-semibold">Runs</h2>
          {runs.length > 0 ? (
            <RunTable runs={runs.slice(0, RUNS_SHOWN)} />
          ) : (
            <p className="text-muted">It was never started.</p>
          )}
        </section>
      </div>
    </>
  )
}

function beginsWhen({ after, needs, when }: Step): string {
  const verb = { all: 'have succeeded', any: '(any) have succeeded', ended: 'have ended' }[needs]
  const order = after.length === 0 ? 'at once' : `when ${after.join(', ')} ${verb}`
  return when === null ? order : `${order}, and ${when}`
}
