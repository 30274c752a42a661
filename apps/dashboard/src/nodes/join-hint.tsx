'use client'

import { Empty } from '../ui/states.tsx'
import { TextLink } from '../ui/text-link.tsx'

/** The page of a cluster without machines: what to do first. It fills by itself when a node arrives. */
export function JoinHint() {
  return (
    <Empty title="No nodes have joined yet.">
      <p>
        Make a join token in <TextLink href="/settings?tab=join">Settings, Join tokens</TextLink>. It comes with the one
        line to paste on a machine with Node 20.
      </p>
      <p>Waiting for the first node…</p>
    </Empty>
  )
}
