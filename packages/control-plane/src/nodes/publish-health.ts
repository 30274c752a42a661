import {
  type ClusterEvent,
  type Evidence,
  limits,
  type Node,
  type NodeHealth,
  type NodeId,
  ok,
  type SessionId,
} from '@quarterdeck/domain'
import { ownMeta } from '../actor.ts'
import { replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Core } from '../core.ts'

const RETRY_MS = 200
const EVIDENCE_KEPT = 10
/** Most events of one commit. */
const EVENTS_MAX = 1_000

/** What the detector decided about one node. */
export type HealthChange = {
  readonly nodeId: NodeId
  readonly evidence: Evidence
  readonly falseSuspicions: number
  /** The session that was in force when it was decided. */
  readonly sessionId: SessionId | null
}

export type HealthPublisher = {
  /** Stored with everything else that is decided in this turn. */
  add(change: HealthChange): void
  /** Not the leader any more: what was not stored is void. */
  clear(): void
}

/** Stores changes of health, those of many nodes in one fenced commit, each with its evidence and its event. */
export function createHealthPublisher(core: Core): HealthPublisher {
  let waiting = new Map<NodeId, HealthChange[]>()
  let isStoring = false

  async function store(): Promise<void> {
    isStoring = true
    while (waiting.size > 0 && core.leadership.fence()) {
      const batch = [...waiting].slice(0, limits.commitChangesMax)
      for (const [nodeId] of batch) waiting.delete(nodeId)
      const done = await commitDraft(core, () => draft(batch.flatMap(([, changes]) => [changes])), { asLeader: true })
      if (done.ok) continue
      // Older than what was decided meanwhile, so it stands in front.
      for (const [nodeId, changes] of batch) waiting.set(nodeId, [...changes, ...(waiting.get(nodeId) ?? [])])
      await new Promise<void>((resolve) => core.platform.timers.after(RETRY_MS, resolve))
    }
    isStoring = false
  }

  function draft(batch: readonly (readonly HealthChange[])[]) {
    const changes = []
    const events: ClusterEvent[] = []
    for (const ofNode of batch) {
      const [first] = ofNode
      const stored = first && core.cache.get('node', first.nodeId)
      if (!stored) continue
      const next = ofNode.reduce(withHealth, stored.value)
      if (next === stored.value) continue
      changes.push(replace(stored, next))
      events.push(...ofNode.map(healthEvent))
    }
    return ok({ value: null, changes, meta: ownMeta(core, events.slice(0, EVENTS_MAX)) })
  }

  return {
    add(change) {
      const ofNode = waiting.get(change.nodeId)
      if (ofNode) ofNode.push(change)
      else waiting.set(change.nodeId, [change])
      if (!isStoring) {
        isStoring = true
        core.platform.timers.soon(() => void store())
      }
    },
    clear() {
      waiting = new Map()
    },
  }
}

/** Down ends the session that was silent, never one that began while this was being stored. */
export function withHealth(node: Node, { evidence, falseSuspicions, sessionId }: HealthChange): Node {
  const isBack = node.session !== null && node.session.id !== sessionId
  if (evidence.to === 'down' && isBack) return node
  return {
    ...node,
    health: evidence.to,
    healthSinceMs: evidence.atMs,
    evidence: [evidence, ...node.evidence].slice(0, EVIDENCE_KEPT),
    falseSuspicions,
    session: evidence.to === 'down' ? null : node.session,
  }
}

const severities: Record<NodeHealth, ClusterEvent['severity']> = {
  joining: 'info',
  ready: 'notice',
  suspect: 'warning',
  down: 'error',
  unknown: 'warning',
  left: 'notice',
}

function healthEvent({ nodeId, evidence }: HealthChange): ClusterEvent {
  const { to, because, silenceMs } = evidence
  return {
    type: `node.${to}`,
    subject: { kind: 'node', id: nodeId },
    severity: severities[to],
    text: `node ${nodeId} ${to}: ${because}`,
    data: { from: evidence.from, silenceMs: Math.round(silenceMs), localHealth: evidence.localHealth },
  }
}
