'use client'

import type { ServiceRow } from '@quarterdeck/domain'
import { cx } from '../ui/class-names.ts'

/** More than this are drawn as a number only. */
const BLOCKS_MAX = 24

/** Healthy of wanted, one block for each replica; the shape and the number say it without the colour. */
export function ReplicaBlocks({ row }: { readonly row: ServiceRow }) {
  const { healthy, unhealthy, wanted } = row
  const ill = Math.min(unhealthy, Math.max(0, wanted - healthy))
  const blocks = Array.from({ length: Math.min(wanted, BLOCKS_MAX) }, (_, index) => index)
  return (
    <span
      className="inline-flex items-center gap-2"
      role="img"
      aria-label={`${healthy} of ${wanted} replicas are healthy`}
    >
      {wanted <= BLOCKS_MAX && (
        <span aria-hidden className="inline-flex flex-wrap gap-0.5">
          {blocks.map((index) => (
            <span key={index} className={cx('size-2.5 rounded-sm border', blockLook(index, healthy, ill))} />
          ))}
        </span>
      )}
      <span className={healthy < wanted ? 'text-warn' : 'text-text'}>
        {healthy} of {wanted}
      </span>
    </span>
  )
}

function blockLook(index: number, healthy: number, ill: number): string {
  if (index < healthy) return 'border-transparent bg-fill-ready'
  return index < healthy + ill ? 'border-bad bg-bad' : 'border-control'
}
