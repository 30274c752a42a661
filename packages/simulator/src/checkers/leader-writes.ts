import type { CommitEvent } from '../history/history-event.ts'
import type { Checker } from './checker.ts'

/**
 * I1. Which commits only a leader may make is seen from what they change: a new attempt, a node declared down. So a write that forgot
 * its fence is caught too.
 */
export const leaderWrites: Checker = {
  name: 'I1',
  claim: 'Accepted leader writes come from the holder of the lease record in force',

  check(history) {
    const attempts = new Map<string, number>()
    const violations: string[] = []
    for (const event of history) {
      if (event.kind !== 'commit') continue
      const because = whyOnlyForLeaders(event, attempts)
      for (const { kind, id, value } of event.changes) if (kind === 'task' && value) attempts.set(id, value.attempt)
      if (!because || event.lease === undefined) continue
      const { fence, lease } = event
      if (fence && lease && fence.epoch === lease.epoch && fence.nonce === lease.nonce && lease.holder === event.by)
        continue
      const held = lease ? `${lease.holder} held the lease with epoch ${lease.epoch}` : 'nobody held the lease'
      const shown = fence ? `epoch ${fence.epoch}` : 'no fence'
      violations.push(`revision ${event.revision} of ${event.by} (${shown}) ${because} while ${held}`)
    }
    return violations
  },
}

function whyOnlyForLeaders({ fence, changes }: CommitEvent, attempts: ReadonlyMap<string, number>): string | null {
  for (const { kind, id, value } of changes) {
    if (kind === 'task' && value?.state === 'assigned' && value.attempt > (attempts.get(id) ?? 0)) {
      return `assigned ${id}/${value.attempt}`
    }
    if (kind === 'node' && value?.health === 'down' && value.evidence[0]?.to === 'down') return `declared ${id} down`
  }
  return fence ? 'wrote as leader' : null
}
