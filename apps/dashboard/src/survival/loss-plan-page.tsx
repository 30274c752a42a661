'use client'

import type { LossPlan, LossSince } from '@quarterdeck/domain'
import type { Problem } from '../api/problem.ts'
import { plural } from '../format/amount.ts'
import { commandLine } from '../format/command.ts'
import { PlanLink } from '../plans/plan-link.tsx'
import { Age } from '../ui/age.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Card, PageHeader } from '../ui/layout.tsx'
import { Failed } from '../ui/states.tsx'
import { LossPlanView, LossSinceView } from './loss-plan-view.tsx'

/** What was foretold of a loss, and what has become of it. There is nothing to confirm. */
export function LossPlanPage({
  plan,
  since,
  problem,
}: {
  readonly plan: LossPlan
  readonly since: LossSince
  /** Why what is shown of `since` is not newer; null when it is current. */
  readonly problem: Problem | null
}) {
  const { zone, nodeIds } = plan
  const what = zone !== null ? `zone ${zone}` : nodeIds.length === 1 ? nodeIds[0] : plural(nodeIds.length, 'node')
  const words = zone === null ? nodeIds : ['--zone', zone]
  return (
    <>
      <PageHeader
        title={`Plan: ${what} lost`}
        note={
          <>
            Made <Age atMs={plan.computedAtMs} /> ago. Nothing is changed by looking; kept for half an hour.
          </>
        }
      />
      <div className="flex max-w-3xl flex-col gap-3 px-4 pb-4">
        <Card title="What it would do, as of then">
          <div className="px-3 py-2">
            <LossPlanView plan={plan} />
          </div>
        </Card>
        {problem && <Failed what="What has happened since could not be asked again." problem={problem} />}
        <LossSinceView plan={plan} since={since} />
        <div className="flex flex-wrap items-center gap-2">
          <CopyButton text={commandLine(['node', 'lose', ...words])} label="Copy as command" />
          <PlanLink planId={plan.id} />
        </div>
      </div>
    </>
  )
}
