'use client'

import { clusterCan } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { queries } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { SimpleTable } from '../settings/simple-table.tsx'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { PageHeader } from '../ui/layout.tsx'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'
import { TextLink } from '../ui/text-link.tsx'
import { openApplyTemplate } from './open-dialogs.tsx'

const LOOK_AGAIN_MS = 5_000

/** Tasks with a name and parameters, to be dispatched again and again. */
export function JobsPage() {
  const role = useRole()
  const refusal = useWriteRefusal() ?? clusterCan.dispatch(role)
  const asked = useQuery({ ...queries.jobTemplates.list.queryOptions(), refetchInterval: LOOK_AGAIN_MS })
  const rows = asked.data?.value
  const apply = (
    <Button look="primary" refusal={refusal} onClick={() => openApplyTemplate(null)}>
      Apply a job template…
    </Button>
  )
  return (
    <>
      <PageHeader title="Jobs" note="Named tasks with parameters, to be dispatched again and again">
        {apply}
      </PageHeader>
      {asked.error && !rows && (
        <div className="p-4">
          <Failed what="The job templates could not be loaded." problem={toProblem(asked.error)} />
        </div>
      )}
      {!rows && !asked.error && <Skeleton />}
      {rows?.length === 0 && (
        <Empty title="No job template yet. A job template is a task with a name and typed parameters.">{apply}</Empty>
      )}
      {rows && rows.length > 0 && (
        <div className="px-4 pb-4">
          <SimpleTable label="Job templates" titles={['Job', 'About', 'Parameters', 'Runs', 'Changed']}>
            {rows.map((row) => (
              <tr key={row.id}>
                <td className="whitespace-nowrap font-medium">
                  <TextLink href={`/job?id=${encodeURIComponent(row.id)}`}>{row.id}</TextLink>{' '}
                  <span className="text-muted">v{row.version}</span>
                </td>
                <td className="text-muted">{row.description}</td>
                <td>{row.parameterNames.join(', ')}</td>
                <td className="max-w-80 truncate font-mono text-compact">{row.runsWhat}</td>
                <td className="whitespace-nowrap text-muted">
                  <Age atMs={row.changedAtMs} suffix=" ago" /> by {row.changedBy}
                </td>
              </tr>
            ))}
          </SimpleTable>
        </div>
      )}
    </>
  )
}
