'use client'

import { type LossPlan, type LossSince, lossCountsInWords, lossTotal, type Move } from '@quarterdeck/domain'
import { plural } from '../format/amount.ts'
import { PlanVersusActual } from '../operations/plan-versus-actual.tsx'
import { BusiestReceiver } from '../plans/busiest-receiver.tsx'
import { Age } from '../ui/age.tsx'
import { Card } from '../ui/layout.tsx'
import { Warning } from '../ui/states.tsx'
import { NodeLink, TaskLink } from '../ui/text-link.tsx'

/** What would become of each task of the nodes that a plan takes for lost. */
export function LossPlanView({ plan }: { readonly plan: LossPlan }) {
  const { moves, busiest, warnings } = plan
  const total = lossTotal(plan)
  return (
    <div className="flex flex-col gap-2">
      <p className="font-medium">
        {total === 0
          ? 'No task runs there: nothing would be lost.'
          : `${plural(total, 'task')}: ${lossCountsInWords(plan)}`}
      </p>
      {warnings.map((warning) => (
        <Warning key={warning}>{warning}</Warning>
      ))}
      <BusiestReceiver busiest={busiest} />
      {moves.length > 0 && (
        <ul aria-label="What becomes of each task" className="flex max-h-72 flex-col gap-1 overflow-y-auto">
          {moves.map((move) => (
            <li key={move.taskId} className="border-t border-line pt-1">
              <TaskLink id={move.taskId}>{move.name}</TaskLink> <Fate move={move} />
              <span className="block text-compact text-muted">{move.because}</span>
            </li>
          ))}
        </ul>
      )}
      {total > moves.length && <p className="text-muted">and {plural(total - moves.length, 'more task')}.</p>}
    </div>
  )
}

/** What has happened since: where the tasks of lost nodes are now, and whether the loss of the others would still do the same. */
export function LossSinceView({ plan, since }: { readonly plan: LossPlan; readonly since: LossSince }) {
  const { goneNodeIds, difference, actual } = since
  const concerned = new Set(actual.map(({ taskId }) => taskId))
  const lost = plan.moves.flatMap((move) =>
    concerned.has(move.taskId) ? [{ ...move, fate: foretold[move.fate] ?? move.fate }] : [],
  )
  const isAllGone = lost.length === plan.moves.length && lost.length > 0
  return (
    <>
      {!isAllGone && (
        <Card title="What it would do now">
          <div className="flex flex-col gap-1 px-3 py-2">
            {difference ? <Warning>By now it differs. {difference}</Warning> : <p>It would do the same.</p>}
            <p className="text-compact text-muted">
              As of <Age atMs={since.asOfMs} /> ago, looked at again every 2 s.
            </p>
          </div>
        </Card>
      )}
      {goneNodeIds.length > 0 && (
        <Card
          title={`Foretold and what happened: ${goneNodeIds.join(', ')} ${goneNodeIds.length === 1 ? 'is' : 'are'} gone`}
        >
          <PlanVersusActual moves={lost} actual={actual} />
        </Card>
      )}
    </>
  )
}

const foretold: Readonly<Record<string, string>> = {
  moves: 'begins again on',
  stays: 'waits as unknown',
  nowhere: 'waits for a node',
}

function Fate({ move }: { readonly move: Move }) {
  if (move.fate === 'moves' && move.toNodeId) {
    return (
      <>
        begins again on <NodeLink id={move.toNodeId} />
      </>
    )
  }
  return move.fate === 'stays' ? 'waits as unknown' : 'has nowhere to go'
}
