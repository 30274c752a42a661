import type { AuditEntry, ClusterEvent, CommitMeta } from '@quarterdeck/domain'
import type { Caller, Stranger } from './contract.ts'
import type { Core } from './core.ts'

/** Meta of a change that a person or a program asked for: it always has an audit entry. */
export function metaOf(
  core: Core,
  caller: Caller | Stranger,
  audit: Pick<AuditEntry, 'action' | 'target' | 'reason' | 'detail'>,
  events: ClusterEvent[] = [],
): CommitMeta {
  return {
    atMs: core.platform.clock.unixMs(),
    actor: actorOf(caller),
    events,
    audit: { ...audit, address: caller.address, requestId: caller.requestId },
  }
}

/** Meta of a change that this controller makes by itself. */
export function ownMeta(core: Core, events: ClusterEvent[] = []): CommitMeta {
  return { atMs: core.platform.clock.unixMs(), actor: `controller:${core.id}`, events }
}

export function actorOf(caller: Caller | Stranger): string {
  return 'me' in caller ? `${caller.me.kind}:${caller.me.id}` : 'nobody'
}
