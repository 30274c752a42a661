import {
  clusterError,
  fail,
  type Node,
  type NodeId,
  type Outcome,
  ok,
  type SessionId,
  sessionIdSchema,
} from '@quarterdeck/domain'
import type { RegisterReply, RegisterRequest } from '@quarterdeck/domain/wire'
import { put, replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Core } from '../core.ts'
import type { SessionTable } from './agent-hub.ts'
import { beatIntervalFor, reconnectSpreadMs } from './beat-interval.ts'
import type { CloneWatch } from './clone-watch.ts'
import { draftRegistration } from './draft-registration.ts'
import { controllerUrls } from './join.ts'

/** A machine whose identity is in use by another one asks again this late. */
const CLONE_RETRY_MS = 60_000

/** Puts a new session of a node into force: stored first, then opened here, so that a session that works is always the stored one. */
export async function register(
  core: Core,
  deps: { readonly table: SessionTable; readonly clones: CloneWatch; readonly epochSeen: (epoch: number) => void },
  nodeId: NodeId,
  request: RegisterRequest,
): Promise<Outcome<RegisterReply>> {
  if (!core.cache.complete) return fail(notReadyYet())
  for (const { epoch } of request.fences) deps.epochSeen(epoch)

  const sessionId = sessionIdSchema.parse(core.platform.ids.next('s'))
  const done = await commitDraft<Node>(core, () => {
    const credential = core.cache.get('node-credential', nodeId)?.value
    if (!credential || credential.revoked) return fail(removed(nodeId))
    const before = core.cache.get('node', nodeId)
    if (before && isRivalOfLiveTwin(before.value, request)) return fail(twinRefused(nodeId))

    const nowMs = core.platform.clock.unixMs()
    const isCloned = before !== undefined && deps.clones.isCloned(before.value, request.facts.bootId)
    const { id: controllerId } = core
    const registration = { nodeId, request, granted: credential.granted, sessionId, controllerId, nowMs, isCloned }
    const { node, events } = draftRegistration(before?.value, registration)
    return ok({
      value: node,
      changes: [before ? replace(before, node) : put('node', node, 0)],
      meta: { atMs: nowMs, actor: `node:${nodeId}`, events },
    })
  })
  if (!done.ok) return done

  deps.table.open({
    nodeId,
    sessionId,
    incarnation: request.incarnation,
    revision: done.value.revision,
    lastBeatAtMs: core.platform.clock.monotonicMs(),
    openedAtMs: core.platform.clock.monotonicMs(),
    held: request.held,
  })
  return ok(replyTo(core, deps.table.size, nodeId, sessionId))
}

function replyTo(core: Core, agents: number, nodeId: NodeId, sessionId: SessionId): RegisterReply {
  const { timings } = core
  return {
    sessionId,
    nodeId,
    historyId: core.cache.historyId,
    beatIntervalMs: beatIntervalFor(agents, timings),
    replyTimeoutMs: timings.replyTimeoutMs,
    reconnectSpreadMs: reconnectSpreadMs(agents, timings),
    exclusiveStopAfterMs: timings.exclusiveStopAfterMs,
    serverMs: core.platform.clock.unixMs(),
    controllers: controllerUrls(core),
  }
}

/** While an identity is quarantined, the machine that has the session keeps it: letting the other in would end it again. */
function isRivalOfLiveTwin(node: Node, request: RegisterRequest): boolean {
  return (
    node.quarantined !== null &&
    node.session !== null &&
    node.health === 'ready' &&
    node.facts.bootId !== request.facts.bootId
  )
}

function twinRefused(nodeId: NodeId) {
  return clusterError('wrong_state', `Another machine uses the identity ${nodeId} at this moment.`, {
    remedy: 'Give this machine its own identity: remove its data folder and join again under another name.',
    retryAfterMs: CLONE_RETRY_MS,
  })
}

function removed(nodeId: NodeId) {
  return clusterError('bad_credentials', `${nodeId} was removed from the cluster.`, {
    remedy: 'Join again with a new join token.',
  })
}

function notReadyYet() {
  return clusterError('unavailable', 'This controller has not read the cluster yet.', {
    remedy: 'Try another controller.',
    retryAfterMs: 500,
  })
}
