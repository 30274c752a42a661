'use client'

import { estimateInWords, type ServiceActPlan, type ServiceMove, type ServiceOutcome } from '@quarterdeck/domain'
import { plural } from '../format/amount.ts'
import { ScrollArea } from '../ui/scroll-area.tsx'
import { Warning } from '../ui/states.tsx'
import { NodeLink } from '../ui/text-link.tsx'

/** An act on a service, replica by replica; with `actual` beside what became of it. */
export function ServiceActPlanView({
  plan,
  actual,
}: {
  readonly plan: ServiceActPlan
  readonly actual?: readonly ServiceOutcome[]
}) {
  const { moves, batches, untouched, estimateMs, warnings } = plan
  const titles = ['Batch', 'Replica', 'Planned', actual ? 'Happened' : 'Why']
  return (
    <section aria-label="Plan" className="flex flex-col gap-2">
      {!actual && warnings.map((sentence) => <Warning key={sentence}>{sentence}</Warning>)}
      <p className="px-3">
        {moves.length === 0
          ? 'No replica is started or stopped'
          : `${plural(moves.length, 'replica')} in ${batches === 1 ? '1 batch' : `${batches} batches`}`}
        , {untouched} left alone.{' '}
        {estimateMs
          ? `Takes ${estimateInWords(estimateMs)}, from how long replicas took so far.`
          : 'How long it takes is not known: there is no history.'}
      </p>
      {moves.length > 0 && (
        <ScrollArea label="Replicas of the plan" className="max-h-72">
          <table className="w-full min-w-120 text-left">
            <thead className="sticky top-0 bg-surface text-compact text-muted">
              <tr>
                {titles.map((title) => (
                  <th key={title} scope="col" className="px-3 py-1 font-medium">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {moves.map((move, index) => (
                <tr key={`${move.slot}/${move.fate}`} className="border-t border-line">
                  <td className="px-3 py-1">{move.batch}</td>
                  <td className="px-3">{move.slot}</td>
                  <td className="px-3">
                    <Planned move={move} />
                  </td>
                  <td className="px-3 text-muted">
                    {actual ? <Happened move={move} real={actual[index]} /> : move.because}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollArea>
      )}
    </section>
  )
}

function Planned({ move: { fate, fromNodeId, toNodeId } }: { readonly move: ServiceMove }) {
  if (fate === 'nowhere') return <span className="text-warn">▲ finds no node</span>
  return (
    <>
      {fate === 'starts' ? 'starts on ' : fate === 'stops' ? 'stops on ' : 'replaced '}
      {fromNodeId && fate !== 'starts' && <NodeLink id={fromNodeId} />}
      {fate === 'replaced' && ' → '}
      {toNodeId && <NodeLink id={toNodeId} />}
    </>
  )
}

function Happened({ move, real }: { readonly move: ServiceMove; readonly real: ServiceOutcome | undefined }) {
  if (!real || real.fate === 'pending') return <>not yet</>
  const differs = move.toNodeId !== null && real.nodeId !== null && real.nodeId !== move.toNodeId
  return (
    <>
      {real.fate} {real.nodeId && <NodeLink id={real.nodeId} />}
      {differs && <span className="ml-2 text-warn">▲ another node than planned</span>}
    </>
  )
}
