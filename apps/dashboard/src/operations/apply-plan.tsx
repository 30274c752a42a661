'use client'

import {
  type DrainPlan,
  limits,
  type NodeRow,
  nodeCan,
  type Operation,
  type Refusal,
  type Role,
} from '@quarterdeck/domain'
import { useRouter } from 'next/navigation'
import { store } from '../live/page.ts'
import { useNow } from '../live/use-now.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { openApplyPlan } from './open-dialogs.tsx'

/** The link of a shared plan, and the button that carries out exactly this plan. */
export function ApplyPlan({ operation, plan }: { readonly operation: Operation; readonly plan: DrainPlan }) {
  const router = useRouter()
  const role = useRole()
  const write = useWriteRefusal()
  const nowMs = useNow()
  const nodes = plan.nodeIds.flatMap((id) => store.nodes.get(id) ?? [])
  const isOld = nowMs > 0 && nowMs - plan.computedAtMs > limits.planKeptMs
  const refusal = write ?? planRefusal(nodes, role, isOld)
  const link = typeof window === 'undefined' ? '' : `${window.location.origin}/operation?id=${operation.id}`
  return (
    <>
      <CopyButton text={link} label="Copy link" />
      <Button
        look="primary"
        refusal={refusal}
        onClick={() => openApplyPlan(plan, (operationId) => router.push(`/operation?id=${operationId}`))}
      >
        Apply this plan…
      </Button>
    </>
  )
}

/** One node that may be drained is enough: the server leaves the others out and says why. */
function planRefusal(nodes: readonly NodeRow[], role: Role, isOld: boolean): Refusal {
  if (nodes.length === 0) return 'Its nodes are not in the cluster any more.'
  if (isOld) return `It is older than ${limits.planKeptMs / 60_000} minutes. Make a new preview.`
  const refusals = nodes.map((node) => nodeCan.drain(node, role))
  return refusals.includes(null) ? null : (refusals[0] ?? null)
}
