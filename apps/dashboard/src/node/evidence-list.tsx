'use client'

import type { NodeRow } from '@quarterdeck/domain'
import { formatDuration } from '../format/duration.ts'
import { Moment } from '../ui/age.tsx'
import { Card } from '../ui/layout.tsx'
import { Empty } from '../ui/states.tsx'

/** Why the failure detector said what it said, newest first, with the numbers it decided on. */
export function EvidenceList({ node }: { readonly node: NodeRow }) {
  return (
    <Card title="Changes of health, and why">
      {node.evidence.length === 0 ? (
        <Empty title="No change of health since this node joined." />
      ) : (
        <ol>
          {node.evidence.map((each) => (
            <li key={`${each.atMs} ${each.to}`} className="border-b border-line px-3 py-2 last:border-0">
              <p>
                <span className="text-muted">
                  <Moment atMs={each.atMs} />
                </span>{' '}
                <strong className="font-medium">
                  {each.from} → {each.to}
                </strong>
                : {each.because}
              </p>
              <p className="text-compact text-muted">
                silent for {formatDuration(each.silenceMs)}
                {each.phi !== null && ` · suspicion (phi) ${each.phi.toFixed(1)}`} ·{' '}
                {each.streamClosed ? 'connection closed' : 'connection open'} · observer's own health{' '}
                {each.localHealth.toFixed(1)} (1 is best, 8 is worst) · decided by {each.decidedBy}
                {each.beatAgesMs.length > 0 &&
                  ` · last heartbeats ${each.beatAgesMs.map((age) => formatDuration(age)).join(', ')} before`}
              </p>
            </li>
          ))}
        </ol>
      )}
      <p className="border-t border-line px-3 py-1.5 text-compact text-muted">
        Suspected wrongly {node.falseSuspicions === 1 ? 'once' : `${node.falseSuspicions} times`}.
      </p>
    </Card>
  )
}
