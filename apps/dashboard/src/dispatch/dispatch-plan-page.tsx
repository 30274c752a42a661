'use client'

import { clusterCan, type DispatchPlan, estimateInWords, type PlanId, roomInWords } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { api, queries } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { commandLine, quote } from '../format/command.ts'
import { formatDuration } from '../format/duration.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Card, Fact, Facts, PageHeader } from '../ui/layout.tsx'
import { Failed, Skeleton, Warning } from '../ui/states.tsx'
import { NodeLink } from '../ui/text-link.tsx'
import { DispatchedWhere } from './dispatched-where.tsx'

/** A dispatch that was thought through and kept: what it would do, and the button that does just that. */
export function DispatchPlanPage({
  planId,
  change,
}: {
  readonly planId: PlanId
  /** Back to the form, with the task of the plan in it. */
  readonly change: (plan: DispatchPlan) => void
}) {
  const plan = useQuery({ ...queries.tasks.getPlan.queryOptions({ planId }), staleTime: Number.POSITIVE_INFINITY })
  const role = useRole()
  const router = useRouter()
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const refusal = useWriteRefusal() ?? clusterCan.dispatch(role) ?? (isSending ? 'Waiting for the answer.' : null)

  const confirm = async () => {
    setSending(true)
    setProblem(null)
    try {
      const { taskId } = await api.tasks.confirm.mutate({ planId })
      router.push(`/task?id=${encodeURIComponent(taskId)}`)
    } catch (error) {
      setProblem(toProblem(error))
      setSending(false)
    }
  }

  return (
    <>
      <PageHeader title="Dispatch as planned" note="Nothing runs until it is confirmed. Kept for half an hour." />
      <div className="flex max-w-3xl flex-col gap-3 px-4 pb-4">
        {plan.error && <Failed what="There is no such plan to show." problem={toProblem(plan.error)} />}
        {plan.isLoading && <Skeleton rows={5} />}
        {plan.data && (
          <>
            <PlanCard plan={plan.data} />
            {problem && <Failed what="The plan was not carried out." problem={problem} />}
            <div className="flex flex-wrap items-center gap-2">
              <Button look="primary" refusal={refusal} onClick={() => void confirm()}>
                {plan.data.decision.nodeId ? `Run it on ${plan.data.decision.nodeId}` : 'Queue it'}
              </Button>
              <Button onClick={() => change(plan.data)}>Change it</Button>
              <CopyButton text={commandLine(['task', 'confirm', planId])} label="Copy as command" />
              <CopyButton text={window.location.href} label="Copy link" />
            </div>
          </>
        )}
      </div>
    </>
  )
}

function PlanCard({ plan }: { readonly plan: DispatchPlan }) {
  const { task, decision } = plan
  const { exec, handler } = task
  return (
    <Card title={`Plan for ${task.name}`}>
      <div className="px-3 pt-2">
        {decision.nodeId ? (
          <p>
            Would run on <NodeLink id={decision.nodeId} />: {decision.because}
          </p>
        ) : (
          <p>Would wait: {decision.because}</p>
        )}
        {decision.wouldFit && <p className="text-info">{decision.wouldFit}</p>}
        {plan.makesRoom && <Warning>{roomInWords(plan.makesRoom)}</Warning>}
      </div>
      <Facts>
        <Fact name="Runs">
          <code className="break-all font-mono text-compact">
            {exec ? (exec.shell ? exec.command : [exec.command, ...exec.args].map(quote).join(' ')) : handler?.name}
          </code>
        </Fact>
        <Fact name="Where">
          <DispatchedWhere spec={task} />
        </Fact>
        <Fact name="Eligible">
          {decision.eligible} of {decision.considered} nodes could run it
        </Fact>
        <Fact name="Queue">
          a wait of about {formatDuration(plan.queueWaitMs)}, {plan.runningNow} running
        </Fact>
        <Fact name="Takes">
          {plan.estimateMs ? estimateInWords(plan.estimateMs) : 'not known: none of its name has succeeded yet'}
        </Fact>
        <Fact name="Made">
          <Age atMs={plan.computedAtMs} /> ago by {plan.by}
        </Fact>
      </Facts>
    </Card>
  )
}
