'use client'

import { type AutoscaleDecision, type Autoscaler, type ServiceRow, serviceCan } from '@quarterdeck/domain'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/layout.tsx'
import { metricInWords } from './autoscale-form.ts'
import { openAutoscale } from './open-dialogs.tsx'

/** Who decides how many replicas there are, by what, and what was decided last. */
export function AutoscaleCard({
  row,
  autoscaler,
}: {
  readonly row: ServiceRow
  readonly autoscaler: Autoscaler | null
}) {
  const role = useRole()
  const write = useWriteRefusal()
  const { autoscale } = row
  const decisions = autoscaler?.decisions ?? []
  return (
    <Card
      title="Autoscaling"
      action={
        <Button refusal={write ?? serviceCan.autoscale(row, role)} onClick={() => openAutoscale(row)}>
          {autoscale ? 'Change…' : 'Switch on…'}
        </Button>
      }
    >
      <div className="flex flex-col gap-2 px-3 py-2">
        {autoscale ? (
          <p>
            {row.replicas} of {autoscale.min} to {autoscale.max} replicas, by{' '}
            {autoscale.metrics.map(metricInWords).join('; ')}.
          </p>
        ) : (
          <p className="text-muted">Operators say how many replicas there are.</p>
        )}
        {decisions.length > 0 && (
          <ul aria-label="Last decisions">
            {decisions.map((decision) => (
              <Decision key={decision.sinceMs} decision={decision} />
            ))}
          </ul>
        )}
        {autoscaler?.told.map(({ name, value, atMs, by }) => (
          <p key={name} className="text-compact text-muted">
            {name} = {value}, told <Age atMs={atMs} suffix=" ago" /> by {by}
          </p>
        ))}
      </div>
    </Card>
  )
}

const signs = { up: '▲', down: '▼', keep: '=' } as const

function Decision({ decision: { act, from, to, because, atMs } }: { readonly decision: AutoscaleDecision }) {
  return (
    <li className="flex flex-wrap gap-x-3 border-b border-line py-1 last:border-0">
      <span className="w-24 font-medium">
        {signs[act]} {act === 'keep' ? `keep ${to}` : `${from} → ${to}`}
      </span>
      <span className="min-w-0 flex-1">{because}</span>
      <span className="text-compact text-muted">
        <Age atMs={atMs} suffix=" ago" />
      </span>
    </li>
  )
}
