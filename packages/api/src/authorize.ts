import { type ClusterError, clusterError, type Role, roleAllows } from '@quarterdeck/domain'
import type { Principal } from './identity.ts'

/** Who a procedure is for. `nobody`: also for people who have not signed in. A role: for it and every higher one. */
export type Audience = 'nobody' | Role | 'agent'

/** `null` = may call; else why not. The only place that decides it. */
export function refusal(audience: Audience, principal: Principal): ClusterError | null {
  if (audience === 'agent') {
    if (principal.kind === 'agent') return null
    return principal.kind === 'nobody' ? notSignedIn() : clusterError('not_permitted', 'Only an agent may call this.')
  }
  // A node may be taken over: its credential opens what agents need and nothing else.
  if (principal.kind === 'agent') {
    return clusterError('not_permitted', `The credential of ${principal.nodeId} is only for what agents do.`)
  }
  if (audience === 'nobody') return null
  if (principal.kind === 'nobody') return notSignedIn()
  if (roleAllows(principal.me.role, audience)) return null
  return clusterError('not_permitted', `Needs the ${audience} role.`, {
    remedy: `You are ${principal.me.id} with the ${principal.me.role} role. Ask an admin for the ${audience} role.`,
  })
}

function notSignedIn(): ClusterError {
  return clusterError('not_signed_in', 'You are not signed in, or your session has ended.', {
    remedy: 'Sign in, or send an API token.',
  })
}
