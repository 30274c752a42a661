'use client'

import type { ServicePlan } from '@quarterdeck/domain'
import { NodeLink } from '../ui/text-link.tsx'

/** What would change, what follows from it, and where new replicas would go. */
export function ServicePlanView({ plan }: { readonly plan: ServicePlan }) {
  return (
    <section aria-label="Plan" className="flex flex-col gap-2">
      <ol className="list-decimal pl-5">
        {plan.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {plan.changes.length > 0 && (
        <details open={plan.act === 'update'}>
          <summary className="cursor-pointer font-medium">What differs ({plan.changes.length})</summary>
          <ul className="max-h-48 overflow-auto font-mono text-compact">
            {plan.changes.map(({ path, before, after }) => (
              <li key={path} className="border-b border-line py-1 last:border-0">
                <span className="text-muted">{path}</span>
                {before !== null && <div className="break-all text-bad">− {before}</div>}
                {after !== null && <div className="break-all text-ready">+ {after}</div>}
              </li>
            ))}
          </ul>
        </details>
      )}
      {plan.placements.length > 0 && (
        <details open>
          <summary className="cursor-pointer font-medium">Where new replicas would go now</summary>
          <ul className="max-h-48 overflow-auto">
            {plan.placements.map(({ slot, nodeId, because }) => (
              <li key={slot} className="flex flex-wrap gap-x-2 py-0.5">
                <span className="w-20">replica {slot}</span>
                <span>{nodeId ? <NodeLink id={nodeId} /> : <span className="text-warn">▲ no node</span>}</span>
                <span className="text-muted">{because}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}
