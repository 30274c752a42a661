'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { Moment } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'
import { SimpleTable } from './simple-table.tsx'

const PAGE = 100

/** Who did what, newest first. */
export function AuditTrail() {
  const pages = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam }) =>
      api.events.audit.query({ limit: PAGE, ...(pageParam === null ? {} : { before: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    refetchInterval: 10_000,
  })
  if (pages.error)
    return (
      <Failed
        what="The audit trail could not be loaded."
        problem={toProblem(pages.error)}
        onRetry={() => void pages.refetch()}
      />
    )
  if (!pages.data) return <Skeleton rows={8} />
  const entries = pages.data.pages.flatMap((page) => page.entries)
  if (entries.length === 0) return <Empty title="Nobody has changed anything yet." />
  return (
    <div className="flex flex-col gap-2">
      <SimpleTable label="Audit trail" titles={['When', 'Who', 'Did', 'To', 'Why', 'From']}>
        {entries.map((entry) => (
          <tr key={entry.id}>
            <td className="whitespace-nowrap text-muted">
              <Moment atMs={entry.atMs} />
            </td>
            <td>{entry.actor}</td>
            <td className="font-mono text-compact">{entry.action}</td>
            <td className="break-all">
              {entry.target}
              {entry.detail && <span className="block text-compact text-muted">{entry.detail}</span>}
            </td>
            <td>{entry.reason}</td>
            <td className="text-muted">{entry.address}</td>
          </tr>
        ))}
      </SimpleTable>
      {pages.hasNextPage && (
        <Button look="quiet" className="self-start" onClick={() => void pages.fetchNextPage()}>
          {pages.isFetchingNextPage ? 'Loading older entries…' : 'Older'}
        </Button>
      )}
    </div>
  )
}
