'use client'

import {
  clusterCan,
  estimateInWords,
  type NodeRow,
  nodeCan,
  type Operation,
  type OperationId,
  type RebalancePlan,
} from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { parseAsString, useQueryState } from 'nuqs'
import { queries } from '../api/client.ts'
import { PlanSummary } from '../drain/plan-summary.tsx'
import { formatDuration } from '../format/duration.ts'
import { store } from '../live/page.ts'
import { useOperation, useVersion } from '../live/use-live.ts'
import { openStopDrain } from '../nodes/open-dialogs.tsx'
import { ActPlanVersusActual, ActPlanView } from '../plans/act-plan-view.tsx'
import { adviceSentence } from '../rebalance/advice-sentence.ts'
import { MoveList } from '../rebalance/move-list.tsx'
import { ServiceActPlanView } from '../services/service-act-plan-view.tsx'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Age, Moment } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { Card, PageHeader } from '../ui/layout.tsx'
import { NotLoaded } from '../ui/not-loaded.tsx'
import { Warning } from '../ui/states.tsx'
import { NodeLink, TextLink } from '../ui/text-link.tsx'
import { ApplyPlan } from './apply-plan.tsx'
import { openStopRebalance } from './open-dialogs.tsx'
import { operationProgress, operationTitle } from './operation-words.ts'
import { type PlannedMove, PlanVersusActual } from './plan-versus-actual.tsx'

/** One long act: its plan, how far it is, what it waits for, and what really happened. */
export function OperationPage() {
  const [id] = useQueryState('id', parseAsString.withDefault(''))
  const live = useOperation(id)
  const asked = useQuery({
    ...queries.operations.get.queryOptions({ id: id as OperationId }),
    enabled: id !== '' && !live,
  })
  const operation = live ?? asked.data?.value
  if (operation) return <OperationBody operation={operation} />
  return (
    <NotLoaded
      title="Operation"
      asked={asked}
      missing={{
        code: 'operation_not_found',
        text: () => `There is no operation ${id}.`,
        more: <TextLink href="/operations">All operations</TextLink>,
      }}
    />
  )
}

function OperationBody({ operation }: { readonly operation: Operation }) {
  useVersion('nodes')
  const role = useRole()
  const write = useWriteRefusal()
  const { done, total } = operationProgress(operation)
  const draining = operation.nodeIds
    .map((id) => store.nodes.get(id))
    .filter((node): node is NodeRow => node?.drain?.operationId === operation.id)
  const first = draining[0]
  const stopRefusal = write ?? (first ? nodeCan.stopDrain(first, role) : 'Nothing is draining any more.')
  const estimate = (operation.plan ?? operation.service?.plan ?? operation.act?.plan)?.estimateMs
  return (
    <>
      <PageHeader
        title={operationTitle(operation)}
        note={
          <>
            {operation.state} · started <Moment atMs={operation.startedAtMs} /> by {operation.by}
            {operation.reason && ` · “${operation.reason}”`}
            {total > 0 && ` · ${done} of ${total} tasks gone`}
            {operation.endedAtMs === null ? (
              <>
                {' '}
                · for <Age atMs={operation.startedAtMs} />
              </>
            ) : (
              ` · took ${formatDuration(operation.endedAtMs - operation.startedAtMs)}`
            )}
            {estimate && `, planned ${estimateInWords(estimate)}`}
          </>
        }
      >
        {operation.kind === 'drain' && (
          <Button refusal={stopRefusal} onClick={() => openStopDrain(draining.map((node) => node.id))}>
            Stop drain…
          </Button>
        )}
        {operation.kind === 'rebalance' && (
          <Button
            refusal={write ?? clusterCan.stopOperation(operation, role)}
            onClick={() => openStopRebalance(operation.id)}
          >
            Stop rebalance…
          </Button>
        )}
        {operation.kind === 'plan' && operation.plan && <ApplyPlan operation={operation} plan={operation.plan} />}
      </PageHeader>
      <div className="grid gap-3 p-4 xl:grid-cols-2">
        {operation.progress.length > 0 && (
          <Card title="Nodes">
            <ul>
              {operation.progress.map((each) => (
                <li key={each.nodeId} className="border-b border-line px-3 py-1.5 last:border-0">
                  <div className="flex justify-between gap-3">
                    <NodeLink id={each.nodeId} />
                    <span className="text-muted">
                      {each.state}
                      {each.tasksAtStart > 0 && `, ${each.tasksAtStart - each.tasksLeft} of ${each.tasksAtStart} gone`}
                    </span>
                  </div>
                  {each.blockedBy.map((sentence) => (
                    <Warning key={sentence}>{sentence}</Warning>
                  ))}
                </li>
              ))}
            </ul>
          </Card>
        )}
        {operation.plan && (
          <Card title={operation.kind === 'plan' ? 'Plan as it was made' : 'Plan as it was confirmed'}>
            <div className="px-3 py-2">
              <PlanSummary plan={operation.plan} />
            </div>
          </Card>
        )}
        {operation.rebalance && (
          <Card title="Advice as it was confirmed">
            <div className="px-3 py-2">
              <p className="font-medium">{adviceSentence(operation.rebalance)}</p>
              <MoveList moves={operation.rebalance.moves} />
            </div>
          </Card>
        )}
        {operation.act && (
          <Card title="Plan as it was confirmed">
            <div className="px-3 py-2">
              <ActPlanView plan={operation.act.plan} />
            </div>
          </Card>
        )}
        {operation.act && (
          <Card title="Planned and what happened" className="xl:col-span-2">
            <ActPlanVersusActual act={operation.act} tasks={operation.actual} />
          </Card>
        )}
        {operation.service && (
          <Card title="Planned and what happened" className="xl:col-span-2">
            <ServiceActPlanView plan={operation.service.plan} actual={operation.service.actual} />
          </Card>
        )}
        {operation.plan && operation.kind !== 'plan' && (
          <Card title="Planned and what happened" className="xl:col-span-2">
            <PlanVersusActual moves={operation.plan.moves} actual={operation.actual} />
          </Card>
        )}
        {operation.rebalance && (
          <Card title="Planned and what happened" className="xl:col-span-2">
            <PlanVersusActual moves={plannedMoves(operation.rebalance)} actual={operation.actual} />
          </Card>
        )}
      </div>
    </>
  )
}

function plannedMoves({ moves }: RebalancePlan): PlannedMove[] {
  return moves.map(({ taskId, name, toNodeId }) => ({ taskId, name, fate: 'moves', toNodeId }))
}
