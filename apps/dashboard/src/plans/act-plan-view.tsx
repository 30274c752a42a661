'use client'

import { type ActPlan, actFacts, estimateInWords, type Operation } from '@quarterdeck/domain'
import { PlanVersusActual } from '../operations/plan-versus-actual.tsx'
import { Warning } from '../ui/states.tsx'
import { NodeLink, TaskLink } from '../ui/text-link.tsx'
import { BusiestReceiver } from './busiest-receiver.tsx'

/** What an act would do, worst first, and what becomes of each task. */
export function ActPlanView({ plan }: { readonly plan: ActPlan }) {
  const { sentences, moves, busiest, estimateMs } = plan
  return (
    <div className="flex flex-col gap-1.5">
      {sentences.map(({ tone, text }) => (
        <Warning key={text} tone={tone}>
          {text}
        </Warning>
      ))}
      <BusiestReceiver busiest={busiest} />
      {estimateMs && <p className="text-muted">Takes {estimateInWords(estimateMs)}.</p>}
      {moves.length > 0 && (
        <ul aria-label="Where each task goes" className="max-h-56 overflow-y-auto">
          {moves.map((move) => (
            <li key={move.taskId} className="border-t border-line py-1">
              <TaskLink id={move.taskId}>{move.name}</TaskLink>{' '}
              {move.toNodeId ? (
                <>
                  → <NodeLink id={move.toNodeId} />
                </>
              ) : move.fate === 'stays' ? (
                'waits as unknown'
              ) : (
                'has nowhere to go'
              )}
              <span className="block text-compact text-muted">{move.because}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** Each amount of the plan beside what came of it, then each task. */
export function ActPlanVersusActual({
  act: { plan, actual },
  tasks,
}: {
  readonly act: NonNullable<Operation['act']>
  readonly tasks: Operation['actual']
}) {
  const facts = actFacts(plan, actual)
  return (
    <>
      {facts.length > 0 && (
        <table className="w-full text-left">
          <thead className="text-compact text-muted">
            <tr>
              {['What', 'Before', 'Planned', 'Happened'].map((title) => (
                <th key={title} scope="col" className="px-3 py-1 font-medium">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {facts.map(({ what, before, planned, happened, differs }) => (
              <tr key={what} className="border-t border-line">
                <td className="px-3 py-1">{what}</td>
                <td className="px-3 text-muted tabular-nums">{before}</td>
                <td className="px-3 tabular-nums">{planned}</td>
                <td className="px-3 tabular-nums">
                  {happened ?? <span className="text-muted">not yet</span>}
                  {differs && <span className="ml-2 text-warn">▲ not as planned</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {plan.moves.length > 0 && <PlanVersusActual moves={plan.moves} actual={tasks} />}
    </>
  )
}
