import { type PoolNode, usableNodes } from '@quarterdeck/controllers'
import { DEFAULT_POOL, type Node, type NodeId, type PoolPolicy } from '@quarterdeck/domain'
import { ClusterSnapshot, type Pending, plan } from '@quarterdeck/scheduler'
import type { Core } from '../core.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'

/** Waiting tasks that one look takes into account; more than those need more nodes than one request brings. */
const WAITING_MAX = 500
/** Nodes that one look examines for whether they could be emptied, emptiest first. */
const EXAMINED_MAX = 20

export function nodesOfPool(core: Core, pool: string): Node[] {
  return [...core.cache.all('node').values()].flatMap(({ value }) =>
    (value.pool ?? DEFAULT_POOL) === pool ? [value] : [],
  )
}

export function poolNodes(core: Core, pool: string): PoolNode[] {
  const hosts = new Set<NodeId | null>(
    [...core.cache.all('controller').values()].flatMap(({ value }) => (value.state === 'live' ? [value.nodeId] : [])),
  )
  return nodesOfPool(core, pool).map(({ id, health, scheduling, desiredRole }) => ({
    id,
    health,
    scheduling,
    hostsController: desiredRole === 'standby' || hosts.has(id),
  }))
}

/** How many new nodes the tasks need that have waited long enough for room in the pool: by the same `plan()`, on empty nodes of its kind. */
export function nodesNeeded(
  core: Core,
  view: ClusterView,
  { pool, upAfterMs, max, shape }: PoolPolicy,
): { readonly nodes: number; readonly because: string } {
  const nothing = { nodes: 0, because: '' }
  const nowMs = core.platform.clock.unixMs()
  const waiting: Pending[] = []
  for (const id of core.tasks.inState('queued')) {
    const task = core.cache.get('task', id)?.value
    const spec = core.cache.get('task-spec', id)?.value
    if (!task || !spec || (spec.pool ?? DEFAULT_POOL) !== pool || nowMs - task.sinceMs < upAfterMs) continue
    if (spec.onNodes.length === 0) waiting.push({ task, spec })
    if (waiting.length === WAITING_MAX) break
  }
  if (waiting.length === 0) return nothing
  const context = { random: core.platform.random, nowMs }
  const refused = new Set(plan(view.snapshot, waiting, context).refusals.map(({ taskId }) => taskId))
  const left = waiting.filter(({ task }) => refused.has(task.id))
  if (left.length === 0) return nothing

  const template = templateOf(core, pool, shape)
  const many = left.length === 1 ? '1 task waits' : `${left.length} tasks wait`
  if (!template) return { nodes: 1, because: `${many} for room, and there is no node to say how many are needed` }
  const empty = new ClusterSnapshot()
  const room = Math.max(0, max - usableNodes(poolNodes(core, pool)).length)
  for (let n = 1; n <= Math.min(room + 1, WAITING_MAX); n++)
    empty.upsertNode({ ...template, id: `new-${n}` as NodeId }, 1)
  empty.complete = true
  const packed = left.map(
    ({ task, spec }): Pending => ({
      task: { ...task, planned: null, avoid: [] },
      spec: { ...spec, strategy: 'bin-pack', notOnNodes: [] },
    }),
  )
  const { placements, refusals } = plan(empty, packed, context)
  const nodes = new Set(placements.map(({ nodeId }) => nodeId)).size
  if (nodes === 0) return nothing
  const unhelped = refusals.length === 0 || nodes > room ? '' : `; ${refusals.length} of them no such node would help`
  return {
    nodes,
    because: `${many} for room that ${nodes === 1 ? 'a new node' : `${nodes} new nodes`} would give${unhelped}`,
  }
}

/** A new node, as the one that joined last is, or as the policy says. */
function templateOf(core: Core, pool: string, shape: PoolPolicy['shape']): Node | null {
  const [newest] = nodesOfPool(core, pool).sort((left, right) => right.joinedAtMs - left.joinedAtMs)
  const like = newest ?? (shape ? [...core.cache.all('node').values()][0]?.value : undefined)
  if (!like) return null
  return {
    ...like,
    pool,
    capacity: shape ?? like.capacity,
    health: 'ready',
    scheduling: 'open',
    quarantined: null,
    // What was done to one machine says nothing about the next.
    taints: (like.taints ?? []).filter(({ effect }) => effect !== 'no-execute'),
  }
}

/** Nodes with little on them, all of which fits elsewhere, emptiest first. */
export function spareNodes(core: Core, view: ClusterView, { pool, downSharePercentMax }: PoolPolicy): NodeId[] {
  const light = poolNodes(core, pool)
    .filter(
      ({ health, scheduling, hostsController }) => health === 'ready' && scheduling === 'open' && !hostsController,
    )
    .map(({ id }) => ({ id, share: view.snapshot.reservedShare(id) ?? 1 }))
    .filter(({ share }) => share * 100 <= downSharePercentMax)
    .sort((left, right) => left.share - right.share || (left.id < right.id ? -1 : 1))
  return light
    .slice(0, EXAMINED_MAX)
    .filter(({ id }) => fitsElsewhere(core, view, id))
    .map(({ id }) => id)
}

function fitsElsewhere(core: Core, view: ClusterView, nodeId: NodeId): boolean {
  const movers: Pending[] = []
  for (const id of core.tasks.onNode(nodeId)) {
    const task = core.cache.get('task', id)?.value
    const spec = core.cache.get('task-spec', id)?.value
    if (!task || !spec) return false
    if (task.system) continue
    // What must not be run again can only be waited for.
    if (task.policy === 'at-most-once') return false
    movers.push({ task: { ...task, planned: null }, spec })
  }
  if (movers.length === 0) return true
  const context = { random: core.platform.random, nowMs: core.platform.clock.unixMs(), closedNodes: new Set([nodeId]) }
  return plan(view.snapshot, movers, context).refusals.length === 0
}
