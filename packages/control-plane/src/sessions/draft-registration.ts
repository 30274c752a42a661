import type { ClusterEvent, ControllerId, Node, NodeCredential, NodeId, SessionId, UnixMs } from '@quarterdeck/domain'
import type { RegisterRequest } from '@quarterdeck/domain/wire'

type Registration = {
  readonly nodeId: NodeId
  readonly request: RegisterRequest
  readonly granted: NodeCredential['granted']
  readonly sessionId: SessionId
  readonly controllerId: ControllerId
  readonly nowMs: UnixMs
  /** The identity is used by two machines. */
  readonly isCloned: boolean
}

/**
 * The node after its agent registered: identity, facts and session. Health stays what it was, because only the leader says it; a node
 * that is new starts as `joining`.
 */
export function draftRegistration(
  before: Node | undefined,
  registration: Registration,
): { readonly node: Node; readonly events: ClusterEvent[] } {
  const { nodeId, request, granted, nowMs } = registration
  const said = {
    zone: granted.zone ?? request.zone,
    region: request.region,
    labels: granted.labelsAreWhole ? granted.labels : { ...request.labels, ...granted.labels },
    capacity: request.capacity,
    facts: request.facts,
    incarnation: request.incarnation,
    session: { id: registration.sessionId, controllerId: registration.controllerId, sinceMs: nowMs },
  }
  if (!before) {
    const pool = request.pool === undefined ? {} : { pool: request.pool }
    return { node: { ...newNode(nodeId, nowMs), ...said, ...pool }, events: [joined(registration)] }
  }

  const node: Node = { ...before, ...said }
  const events = before.incarnation === request.incarnation ? [] : [agentStarted(before, registration)]
  if (!registration.isCloned || before.quarantined !== null) return { node, events }
  return { node: quarantine(node, before, registration), events: [...events, cloned(before, registration)] }
}

function newNode(
  id: NodeId,
  nowMs: UnixMs,
): Omit<Node, 'zone' | 'region' | 'labels' | 'capacity' | 'facts' | 'incarnation' | 'session'> {
  return {
    v: 1,
    id,
    joinedAtMs: nowMs,
    health: 'joining',
    healthSinceMs: nowMs,
    evidence: [],
    falseSuspicions: 0,
    scheduling: 'open',
    schedulingSinceMs: nowMs,
    remark: null,
    drain: null,
    desiredRole: 'worker',
    quarantined: null,
  }
}

/** No new work until an operator has looked: cordoned, so that `uncordon` is the one way out. */
function quarantine(node: Node, before: Node, { request, nowMs, controllerId }: Registration): Node {
  const reason = `Two machines use the identity ${node.id}: boot ids ${before.facts.bootId} and ${request.facts.bootId}.`
  if (node.scheduling !== 'open') return { ...node, quarantined: reason }
  return {
    ...node,
    quarantined: reason,
    scheduling: 'cordoned',
    schedulingSinceMs: nowMs,
    remark: { by: `controller:${controllerId}`, atMs: nowMs, reason },
  }
}

function joined({ nodeId, request }: Registration): ClusterEvent {
  const gib = (request.capacity.memoryBytes / 2 ** 30).toFixed(1)
  const text = `${nodeId} joined from ${request.facts.hostname}: ${request.facts.cpuCount} CPUs, ${gib} GiB for tasks, zone ${request.zone}`
  return { type: 'node.joined', subject: { kind: 'node', id: nodeId }, severity: 'info', text }
}

function agentStarted(before: Node, { nodeId, request }: Registration): ClusterEvent {
  const held = request.held.filter(({ state }) => state !== 'ended').length
  const why = before.facts.bootId === request.facts.bootId ? 'its agent started again' : 'its machine started again'
  const text = `${nodeId} is back: ${why}${held > 0 ? ` and holds ${held} running ${held === 1 ? 'task' : 'tasks'}` : ''}`
  return { type: 'node.agent-started', subject: { kind: 'node', id: nodeId }, severity: 'notice', text }
}

function cloned(before: Node, { nodeId, request }: Registration): ClusterEvent {
  const text =
    `Two machines use the identity ${nodeId} (boot ids ${before.facts.bootId} and ${request.facts.bootId}) and keep ending each other's ` +
    'session. It takes no new work. Give one of them its own identity, then uncordon the node.'
  return { type: 'node.quarantined', subject: { kind: 'node', id: nodeId }, severity: 'error', text }
}
