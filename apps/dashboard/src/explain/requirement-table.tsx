'use client'

import type { ExplainedNow } from '@quarterdeck/domain'

/** The requirement funnel with its prices: what each one removes, and how many nodes dropping it alone would win back. */
export function RequirementTable({ now }: { readonly now: Pick<ExplainedNow, 'entry' | 'requirements'> }) {
  const { entry, requirements } = now
  const costing = requirements.filter(({ removed, onlyIt }) => removed > 0 || onlyIt > 0)
  return (
    <table className="w-full text-left">
      <caption className="text-left text-compact text-muted">What each requirement costs</caption>
      <thead className="text-compact text-muted">
        <tr>
          <th scope="col" className="font-medium">
            Requirement
          </th>
          <th scope="col" className="text-right font-medium">
            Removes
          </th>
          <th scope="col" className="pl-3 text-right font-medium">
            Without it
          </th>
        </tr>
      </thead>
      <tbody>
        <tr className="border-t border-line">
          <th scope="row" className="py-0.5 font-normal">
            Nodes looked at
          </th>
          <td className="text-right">{entry.considered}</td>
          <td />
        </tr>
        {costing.map(({ filter, summary, removed, onlyIt }) => (
          <tr key={filter} className="border-t border-line">
            <th scope="row" className="py-0.5 font-normal">
              {filter}
              <span className="block text-compact text-muted">{summary}</span>
            </th>
            <td className="text-right align-top text-warn">−{removed}</td>
            <td className="pl-3 text-right align-top">{onlyIt > 0 ? `+${onlyIt}` : '0'}</td>
          </tr>
        ))}
        <tr className="border-t border-line">
          <th scope="row" className="py-0.5 font-medium">
            Can run it
          </th>
          <td className="text-right font-medium">{entry.eligible}</td>
          <td />
        </tr>
      </tbody>
    </table>
  )
}
