'use client'

import { type WorkflowRunId, type WorkflowRunView, workflowCan } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { parseAsString, useQueryState } from 'nuqs'
import { queries } from '../api/client.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { SimpleTable } from '../settings/simple-table.tsx'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/class-names.ts'
import { TaskGlyph } from '../ui/glyph.tsx'
import { Card, PageHeader } from '../ui/layout.tsx'
import { NotLoaded } from '../ui/not-loaded.tsx'
import { Empty, Warning } from '../ui/states.tsx'
import { TaskLink, TextLink } from '../ui/text-link.tsx'
import { FlowGraph } from './flow-graph.tsx'
import { openCancelRun, openRetryRun } from './open-dialogs.tsx'
import { WorkflowLink } from './run-table.tsx'
import { isLiveRun, runTone, stepShape, stepTone, stepWord } from './workflow-words.ts'

const LOOK_AGAIN_MS = 1_000

/** One run: where each step is, why it waits or was skipped, and what undoes it. */
export function RunPage() {
  const [id] = useQueryState('id', parseAsString.withDefault(''))
  const asked = useQuery({
    ...queries.workflows.run.queryOptions({ id: id as WorkflowRunId }),
    enabled: id !== '',
    // Slower when it has ended: somebody else may retry it.
    refetchInterval: ({ state }) => (state.data && !isLiveRun(state.data.value) ? LOOK_AGAIN_MS * 5 : LOOK_AGAIN_MS),
  })
  if (id === '') return <Empty title="No run was named." />
  if (asked.data) return <Body run={asked.data.value} />
  return (
    <NotLoaded
      title="Run"
      asked={asked}
      missing={{
        code: 'workflow_run_not_found',
        text: () => `There is no run ${id}. Ended ones are kept for 30 days, the newest 500.`,
        more: <TextLink href="/workflows">All workflows</TextLink>,
      }}
    />
  )
}

function Body({ run }: { readonly run: WorkflowRunView }) {
  const role = useRole()
  const writes = useWriteRefusal()
  return (
    <>
      <PageHeader
        title={`Run ${run.id}`}
        note={
          <>
            <WorkflowLink id={run.workflowId} /> version {run.version} ·{' '}
            <span className={runTone[run.state]}>{run.state}</span> · {run.stepsSucceeded} of {run.stepsTotal} steps
            succeeded · started <Age atMs={run.createdAtMs} suffix=" ago" /> by {run.by}
            {run.retries > 0 && ` · retried ${run.retries === 1 ? 'once' : `${run.retries} times`}`}
          </>
        }
      >
        <Button
          look={run.state === 'failed' ? 'primary' : 'plain'}
          refusal={writes ?? workflowCan.retry(run, role)}
          onClick={() => openRetryRun(run)}
        >
          Retry from failed…
        </Button>
        <Button refusal={writes ?? workflowCan.cancel(run, role)} onClick={() => openCancelRun(run)}>
          Cancel…
        </Button>
      </PageHeader>
      <div className="flex flex-col gap-4 p-4">
        {run.because && <Warning>{run.because}</Warning>}
        <Card title="Steps">
          <FlowGraph steps={run.steps} label={`Drawing of run ${run.id}`} />
        </Card>
        <SimpleTable label="Steps" titles={['Step', 'State', 'Why', 'Task', 'Took', 'Undone by']}>
          {run.steps.map((step) => (
            <tr key={step.name}>
              <td className="font-medium">{step.name}</td>
              <td className={cx('whitespace-nowrap', stepTone[step.state])}>
                <span className="inline-flex items-center gap-1.5">
                  <TaskGlyph state={stepShape[step.state]} />
                  {stepWord(step)}
                </span>
              </td>
              <td>{step.why}</td>
              <td className="whitespace-nowrap">{step.taskId && <TaskLink id={step.taskId} />}</td>
              <td className="whitespace-nowrap text-muted">
                {step.startedAtMs !== null && step.endedAtMs !== null
                  ? `${((step.endedAtMs - step.startedAtMs) / 1_000).toFixed(1)} s`
                  : ''}
              </td>
              <td>
                {step.undo ? (
                  <TaskLink id={step.undo.taskId}>{`${step.undo.state}: ${step.undoneBy ?? ''}`}</TaskLink>
                ) : (
                  <span className="font-mono text-compact text-muted">{step.undoneBy}</span>
                )}
              </td>
            </tr>
          ))}
        </SimpleTable>
        <Card title="Input">
          <pre className="overflow-x-auto px-3 py-2 text-compact">{JSON.stringify(run.input, null, 2)}</pre>
        </Card>
      </div>
    </>
  )
}
