'use client'

import { useQuery } from '@tanstack/react-query'
import { queries } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { SimpleTable } from '../settings/simple-table.tsx'
import { Age } from '../ui/age.tsx'
import { PageHeader } from '../ui/layout.tsx'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'
import { BroadcastLink, TextLink } from '../ui/text-link.tsx'
import { broadcastTone } from './broadcast-words.ts'

const SHOWN_MAX = 100
const LOOK_AGAIN_MS = 2_000

/** Tasks that ran on every matching node, newest first. */
export function BroadcastsPage() {
  const asked = useQuery({
    ...queries.broadcasts.list.queryOptions({ limit: SHOWN_MAX }),
    refetchInterval: LOOK_AGAIN_MS,
  })
  const rows = asked.data?.value
  return (
    <>
      <PageHeader title="Broadcasts" note="One task on every matching node, with a result from each" />
      {asked.error && !rows && (
        <div className="p-4">
          <Failed what="The broadcasts could not be loaded." problem={toProblem(asked.error)} />
        </div>
      )}
      {!rows && !asked.error && <Skeleton />}
      {rows?.length === 0 && (
        <Empty title="No broadcast yet.">
          <TextLink href="/dispatch">Dispatch a task to each matching node</TextLink>
        </Empty>
      )}
      {rows && rows.length > 0 && (
        <div className="px-4 pb-4">
          <SimpleTable label="Broadcasts" titles={['Broadcast', 'State', 'Succeeded', 'Failed', 'Started']}>
            {rows.map((row) => (
              <tr key={row.id}>
                <td className="font-medium">
                  <BroadcastLink id={row.id}>{row.taskName}</BroadcastLink>
                </td>
                <td className={broadcastTone[row.state]}>{row.state}</td>
                <td>
                  {row.succeeded} of {row.total}
                </td>
                <td className={row.failed > 0 ? 'text-bad' : ''}>{row.failed}</td>
                <td className="text-muted">
                  <Age atMs={row.createdAtMs} suffix=" ago" /> by {row.by}
                </td>
              </tr>
            ))}
          </SimpleTable>
        </div>
      )}
    </>
  )
}
