'use client'

import type { BroadcastDraft } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { queries } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { Card } from '../ui/layout.tsx'
import { Failed, Skeleton, Warning } from '../ui/states.tsx'
import { NodeLink } from '../ui/text-link.tsx'

const LOOK_AGAIN_MS = 5_000
const NODES_SHOWN = 50
/** Asked while there is nothing to ask about; never sent, because the query is off then. */
const nothing: BroadcastDraft = { task: { name: 'none', driver: 'exec', exec: { command: 'true' } } }

/** Which nodes a broadcast would go to now, and which it leaves out and why. */
export function BroadcastPreviewCard({ draft }: { readonly draft: BroadcastDraft | null }) {
  const asked = useQuery({
    ...queries.broadcasts.preview.queryOptions(draft ?? nothing),
    enabled: draft !== null,
    refetchInterval: LOOK_AGAIN_MS,
    retry: false,
  })
  const found = draft ? asked.data : undefined
  return (
    <Card title="Preview" action={<span className="text-compact text-muted">as of now, updates live</span>}>
      <div className="flex flex-col gap-2 px-3 py-2">
        {!draft && <p className="text-muted">Say what to run, and this shows where it would go.</p>}
        {draft && asked.error && <Failed what="No preview." problem={toProblem(asked.error)} />}
        {draft && !found && !asked.error && <Skeleton rows={3} />}
        {found && (
          <>
            {found.nodeIds.length === 0 && <Warning>No node matches now.</Warning>}
            {found.nodeIds.length > 0 && (
              <p>
                Would run once on each of {found.nodeIds.length} nodes:{' '}
                {found.nodeIds.slice(0, NODES_SHOWN).map((id, index) => (
                  <span key={id}>
                    {index > 0 && ', '}
                    <NodeLink id={id} />
                  </span>
                ))}
                {found.nodeIds.length > NODES_SHOWN && ` and ${found.nodeIds.length - NODES_SHOWN} more`}
              </p>
            )}
            {found.leftOut.map(({ because, count }) => (
              <p key={because} className="text-muted">
                {count} left out: {because}
              </p>
            ))}
          </>
        )}
      </div>
    </Card>
  )
}
