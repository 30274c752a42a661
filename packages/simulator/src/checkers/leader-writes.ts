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
    let before = nothing()
    let kept: CommitEvent[] = []
    const violations: string[] = []
    for (const event of history) {
      if (event.kind === 'failover') {
        kept = kept.filter(({ revision }) => revision <= event.keptRevision)
        before = nothing()
        for (const commit of kept) remember(before, commit)
      }
      if (event.kind !== 'commit') continue
      const because = whyOnlyForLeaders(event, before)
      remember(before, event)
      kept.push(event)
      if (!because || event.lease === undefined) continue
      const { fence, lease } = event
      const isHolder = lease !== null && lease.holder === event.by
      if (fence && isHolder && fence.epoch === lease.epoch && fence.nonce === lease.nonce) continue
      const held = lease ? `${lease.holder} held the lease with epoch ${lease.epoch}` : 'nobody held the lease'
      const shown = fence ? `epoch ${fence.epoch}` : 'no fence'
      violations.push(`revision ${event.revision} of ${event.by} (${shown}) ${because} while ${held}`)
    }
    return violations
  },
}

/** What the commits so far have made of tasks and nodes. */
type Before = { readonly attempts: Map<string, number>; readonly down: Set<string> }

function nothing(): Before {
  return { attempts: new Map(), down: new Set() }
}

function whyOnlyForLeaders({ fence, changes }: CommitEvent, { attempts, down }: Before): string | null {
  for (const { kind, id, value } of changes) {
    if (kind === 'task' && value?.state === 'assigned' && value.attempt > (attempts.get(id) ?? 0)) {
      return `assigned ${id}/${value.attempt}`
    }
    if (kind === 'node' && value?.health === 'down' && !down.has(id)) return `declared ${id} down`
  }
  return fence ? 'wrote as leader' : null
}

function remember({ attempts, down }: Before, { changes }: CommitEvent) {
  for (const { kind, id, value } of changes) {
    if (kind === 'task' && value) attempts.set(id, value.attempt)
    if (kind !== 'node') continue
    if (value?.health === 'down') down.add(id)
    else down.delete(id)
  }
}
