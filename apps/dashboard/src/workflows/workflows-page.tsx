'use client'

import { workflowCan } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { queries } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { SimpleTable } from '../settings/simple-table.tsx'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { PageHeader } from '../ui/layout.tsx'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'
import { openApplyWorkflow } from './open-dialogs.tsx'
import { RunLink, RunTable, WorkflowLink } from './run-table.tsx'
import { runTone } from './workflow-words.ts'

const LOOK_AGAIN_MS = 2_000
const RUNS_SHOWN = 20

/** Work in steps that depend on each other, and how its runs went. */
export function WorkflowsPage() {
  const role = useRole()
  const refusal = useWriteRefusal() ?? workflowCan.change(role)
  const asked = useQuery({ ...queries.workflows.list.queryOptions(), refetchInterval: LOOK_AGAIN_MS })
  const runs = useQuery({
    ...queries.workflows.runs.queryOptions({ limit: RUNS_SHOWN }),
    refetchInterval: LOOK_AGAIN_MS,
  })
  const rows = asked.data?.value
  const apply = (
    <Button look="primary" refusal={refusal} onClick={() => openApplyWorkflow(null)}>
      Apply a workflow…
    </Button>
  )
  return (
    <>
      <PageHeader title="Workflows" note="Steps that depend on each other, with what undoes them">
        {apply}
      </PageHeader>
      {asked.error && !rows && (
        <div className="p-4">
          <Failed what="The workflows could not be loaded." problem={toProblem(asked.error)} />
        </div>
      )}
      {!rows && !asked.error && <Skeleton />}
      {rows?.length === 0 && (
        <Empty title="No workflow yet. A workflow runs steps in the order they need, and undoes them when one fails.">
          {apply}
        </Empty>
      )}
      <div className="flex flex-col gap-4 px-4 pb-4">
        {rows && rows.length > 0 && (
          <SimpleTable label="Workflows" titles={['Workflow', 'About', 'Steps', 'Live', 'Last run', 'Changed']}>
            {rows.map((row) => (
              <tr key={row.id}>
                <td className="whitespace-nowrap font-medium">
                  <WorkflowLink id={row.id} /> <span className="text-muted">v{row.version}</span>
                </td>
                <td className="text-muted">{row.description}</td>
                <td>{row.stepCount}</td>
                <td>{row.runsLive}</td>
                <td className="whitespace-nowrap">
                  {row.lastRun ? (
                    <>
                      <span className={runTone[row.lastRun.state]}>{row.lastRun.state}</span>,{' '}
                      <RunLink id={row.lastRun.id}>see it</RunLink>
                    </>
                  ) : (
                    <span className="text-muted">none yet</span>
                  )}
                </td>
                <td className="whitespace-nowrap text-muted">
                  <Age atMs={row.changedAtMs} suffix=" ago" /> by {row.changedBy}
                </td>
              </tr>
            ))}
          </SimpleTable>
        )}
        {runs.data && runs.data.value.length > 0 && (
          <section className="flex flex-col gap-2">
            <h2 className="font-semibold">Newest runs</h2>
            <RunTable runs={runs.data.value} />
          </section>
        )}
      </div>
    </>
  )
}
