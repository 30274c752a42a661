'use client'

import type { NodeId, PreviewedAct } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { queries } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { Skeleton, Warning } from '../ui/states.tsx'

/** What an act would do, as the control plane computes it, worst first; current while its dialog is open. */
export function ActPreviewText({ act, ids }: { readonly act: PreviewedAct; readonly ids: readonly NodeId[] }) {
  const preview = useQuery({
    ...queries.nodes.previewAct.queryOptions({ act, ids: [...ids] }),
    refetchInterval: 2_000,
  })
  return (
    <section aria-label="Preview" className="flex flex-col gap-1.5 rounded-card border border-line bg-surface p-3">
      <h3 className="text-compact font-semibold">Preview, as of now</h3>
      {preview.data?.sentences.map(({ tone, text }) => (
        <Warning key={text} tone={tone}>
          {text}
        </Warning>
      ))}
      {!preview.data && preview.error && <Warning>No preview: {toProblem(preview.error).message}</Warning>}
      {!preview.data && !preview.error && <Skeleton rows={2} />}
    </section>
  )
}
