'use client'

import { type DrainPlan, estimateInWords, type Move } from '@quarterdeck/domain'
import { plural } from '../format/amount.ts'
import { BusiestReceiver } from '../plans/busiest-receiver.tsx'
import { Warning } from '../ui/states.tsx'
import { NodeLink, TaskLink } from '../ui/text-link.tsx'

/** A drain plan in sentences: what happens to the tasks, what to worry about, who gets busiest, how long it takes. */
export function PlanSummary({ plan }: { readonly plan: DrainPlan }) {
  const { counts, busiest, estimateMs, warnings } = plan
  const parts = [
    counts.move > 0 && `${counts.move} move`,
    counts.finish > 0 && `${counts.finish} may finish here`,
    counts.stay > 0 && `${counts.stay} stay`,
    counts.end > 0 && `${counts.end} end`,
    counts.nowhere > 0 && `${counts.nowhere} have nowhere to go`,
  ].filter((part) => part !== false)
  return (
    <div className="flex flex-col gap-1.5">
      <p className="font-medium">
        {plan.moves.length === 0
          ? 'No task runs here: nothing has to move.'
          : `${plural(plan.moves.length, 'task')}: ${parts.join(' · ')}`}
      </p>
      {warnings.map((warning) => (
        <Warning key={warning}>{warning}</Warning>
      ))}
      <BusiestReceiver busiest={busiest} />
      {plan.moves.length > 0 && (
        <p className="text-muted">
          {estimateMs
            ? `Estimated time ${estimateInWords(estimateMs)}.`
            : 'No estimate: no task of these names has finished yet.'}
        </p>
      )}
      {plan.moves.length > 0 && (
        <details>
          <summary className="min-h-6 text-info">Show where each task goes</summary>
          <ul className="mt-1 flex max-h-56 flex-col gap-1 overflow-y-auto">
            {plan.moves.map((move) => (
              <li key={move.taskId} className="border-t border-line pt-1">
                <TaskLink id={move.taskId}>{move.name}</TaskLink> {fateWords(move)}
                <span className="block text-compact text-muted">{move.because}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

function fateWords(move: Move) {
  switch (move.fate) {
    case 'moves':
      return move.toNodeId ? (
        <>
          → <NodeLink id={move.toNodeId} />
        </>
      ) : (
        'is queued again'
      )
    case 'finishes-here':
      return 'may finish here'
    case 'stays':
      return 'stays'
    case 'ends':
      return 'ends and is not run again'
    case 'nowhere':
      return 'has nowhere to go'
  }
}
