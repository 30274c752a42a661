'use client'

import type { DecisionEntry } from '@quarterdeck/domain'
import { Moment } from '../ui/age.tsx'
import { NodeLink } from '../ui/text-link.tsx'

/** One decision of the scheduler: why here, or why it waits. The counts are the ones that were stored with it. */
export function DecisionView({ entry }: { readonly entry: DecisionEntry }) {
  return (
    <div className="flex flex-col gap-2 px-3 py-2">
      <p>
        {entry.outcome === 'placed' && entry.nodeId ? (
          <>
            <NodeLink id={entry.nodeId} />: {entry.because}
          </>
        ) : (
          entry.because
        )}
      </p>
      {entry.wouldFit && <p className="text-info">It would fit: {entry.wouldFit}</p>}
      <Funnel entry={entry} />
      {entry.top.length > 0 && (
        <table className="w-full text-left">
          <caption className="text-left text-compact text-muted">Best candidates by {entry.strategy}</caption>
          <tbody>
            {entry.top.map((candidate) => (
              <tr key={candidate.nodeId} className="border-t border-line">
                <td className="py-0.5 pr-3 align-top whitespace-nowrap">
                  <NodeLink id={candidate.nodeId} />
                </td>
                <td className="text-compact text-muted">{candidate.why}</td>
                <td className="pl-3 text-right align-top">{candidate.score.toFixed(3)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {entry.atMs > 0 && (
        <p className="text-compact text-muted">
          Decided at <Moment atMs={entry.atMs} /> by {entry.strategy}
        </p>
      )}
    </div>
  )
}

/** What each requirement costs: from all nodes down to those that can run it. */
function Funnel({ entry }: { readonly entry: Pick<DecisionEntry, 'considered' | 'eligible' | 'filters'> }) {
  const removing = entry.filters.filter((filter) => filter.removed > 0)
  return (
    <table className="w-full text-left">
      <caption className="text-left text-compact text-muted">What each requirement removes</caption>
      <tbody>
        <tr className="border-t border-line">
          <th scope="row" className="py-0.5 font-normal">
            Nodes looked at
          </th>
          <td className="text-right">{entry.considered}</td>
          <td />
        </tr>
        {removing.map((filter) => (
          <tr key={filter.filter} className="border-t border-line">
            <th scope="row" className="py-0.5 font-normal">
              {filter.filter}
            </th>
            <td className="text-right text-warn">−{filter.removed}</td>
            <td className="pl-3 text-compact text-muted">{filter.example}</td>
          </tr>
        ))}
        <tr className="border-t border-line font-medium">
          <th scope="row" className="py-0.5 font-medium">
            Can run it
          </th>
          <td className="text-right">{entry.eligible}</td>
          <td />
        </tr>
      </tbody>
    </table>
  )
}
