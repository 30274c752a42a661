'use client'

import type { DrainPlan } from '@quarterdeck/domain'
import { formatShare } from '../format/amount.ts'
import { NodeLink } from '../ui/text-link.tsx'

/** The node that a plan fills most, by its reserved share before and after. */
export function BusiestReceiver({ busiest }: Pick<DrainPlan, 'busiest'>) {
  if (!busiest) return null
  return (
    <p>
      Busiest receiver: <NodeLink id={busiest.nodeId} /> {formatShare(busiest.before)} → {formatShare(busiest.after)}.
    </p>
  )
}
