import {
  formatDuration,
  limits,
  type Node,
  type NodeId,
  type PoolRequest,
  type PoolScaler,
  type UnixMs,
} from '@quarterdeck/domain'

export type PoolNode = Pick<Node, 'id' | 'health' | 'scheduling'> & {
  /** It holds a controller: never given back. */
  readonly hostsController: boolean
}

export type PoolInput = {
  readonly scaler: PoolScaler
  readonly nodes: readonly PoolNode[]
  /** New nodes that the waiting tasks need; `because` in words. */
  readonly need: { readonly nodes: number; readonly because: string }
  /** Nodes whose tasks all fit elsewhere, emptiest first. */
  readonly spare: readonly NodeId[]
  /** Why nothing may be concluded from silent nodes now; null when all is well. */
  readonly brake: string | null
  readonly nowMs: UnixMs
}

/** How long a drain may take to begin after it was decided. */
const DRAIN_BEGINS_MS = 30_000

/**
 * The scaler as it should be now; the same object when nothing changes, so a second look after the first finds nothing to do. It decides
 * what to ask for and reads what became of it; whoever carries it out sends the request, drains and removes.
 *
 * One request at a time. More nodes when tasks have waited for lack of room, or fewer than `min` are usable; one fewer when a node has
 * been spare for long enough. Under the mass brake, neither.
 */
export function reconcilePool(input: PoolInput): PoolScaler {
  const { scaler } = input
  return scaler.request ? follow(input, scaler.request) : decide(input)
}

/** Nodes that take work or soon will. */
export function usableNodes(nodes: readonly PoolNode[]): readonly PoolNode[] {
  return nodes.filter(
    ({ health, scheduling }) =>
      (health === 'ready' || health === 'joining' || health === 'suspect') &&
      scheduling !== 'drained' &&
      scheduling !== 'draining',
  )
}

function follow(input: PoolInput, request: PoolRequest): PoolScaler {
  return request.kind === 'scale-up' ? followUp(input, request) : followRelease(input, request)
}

function followUp(
  { scaler, nodes, nowMs }: PoolInput,
  request: Extract<PoolRequest, { kind: 'scale-up' }>,
): PoolScaler {
  const { bootMs } = scaler.policy
  const ready = usableNodes(nodes).filter(({ health }) => health === 'ready').length
  const come = Math.max(0, ready - request.from)
  if (request.state === 'booting' && come >= request.count)
    return ended(scaler, request, true, `${inNodes(request.count)} joined`, nowMs)
  const waitsSinceMs = request.acceptedAtMs ?? request.atMs
  if (nowMs - waitsSinceMs < bootMs) return scaler
  const said =
    request.state === 'asking'
      ? `the provider did not accept it: ${request.problem ?? 'no answer'}`
      : `${come} of ${inNodes(request.count)} joined within ${formatDuration(bootMs)}`
  return ended(scaler, request, false, said, nowMs)
}

function followRelease(
  { scaler, nodes, nowMs }: PoolInput,
  request: Extract<PoolRequest, { kind: 'release' }>,
): PoolScaler {
  const { nodeId, state } = request
  const node = nodes.find(({ id }) => id === nodeId)
  if (!node) return ended(scaler, request, state !== 'draining', `${nodeId} is gone`, nowMs)
  const { bootMs } = scaler.policy
  switch (state) {
    case 'draining': {
      if (node.scheduling === 'drained')
        return { ...scaler, request: { ...request, state: 'asking', nextTryMs: nowMs } }
      if (node.scheduling === 'draining') return scaler
      // Not begun yet, or over without having emptied it.
      if (node.scheduling === 'open' && nowMs - request.atMs < DRAIN_BEGINS_MS) return scaler
      return ended(scaler, request, false, `${nodeId} was not emptied: it is ${node.scheduling}`, nowMs)
    }
    case 'asking':
      if (nowMs - request.atMs < bootMs || request.tries === 0) return scaler
      return ended(
        scaler,
        request,
        false,
        `the provider did not take ${nodeId} back: ${request.problem ?? 'no answer'}`,
        nowMs,
      )
    case 'leaving':
      if (nowMs - (request.acceptedAtMs ?? request.atMs) < bootMs) return scaler
      return ended(
        scaler,
        request,
        false,
        `${nodeId} is still there ${formatDuration(bootMs)} after it was given back`,
        nowMs,
      )
    default:
      return state satisfies never
  }
}

function decide(input: PoolInput): PoolScaler {
  const { scaler, nodes, need, brake, nowMs } = input
  const { min, max, upNodesMax, downAfterMs } = scaler.policy
  const usable = usableNodes(nodes)
  if (brake) return said({ ...scaler, spare: [] }, `It stays as it is: ${brake}`)

  const missing = min - usable.length
  if (missing > 0)
    return asking(
      scaler,
      { kind: 'scale-up', count: Math.min(missing, upNodesMax), from: readyOf(usable) },
      `${inNodes(usable.length)} of at least ${min} ${usable.length === 1 ? 'is' : 'are'} usable`,
      nowMs,
    )
  if (need.nodes > 0) {
    const count = Math.min(need.nodes, upNodesMax, max - usable.length)
    if (count > 0) return asking(scaler, { kind: 'scale-up', count, from: readyOf(usable) }, need.because, nowMs)
    return said({ ...scaler, spare: [] }, `${need.because}, but it has the most that it may have: ${max}`)
  }

  const found = input.spare
    .filter((nodeId) =>
      usable.some(({ id, health, hostsController }) => id === nodeId && health === 'ready' && !hostsController),
    )
    .slice(0, 1_000)
    .map((nodeId) => scaler.spare.find((known) => known.nodeId === nodeId) ?? { nodeId, sinceMs: nowMs })
  // Kept by name: an order that changes with every task would be written with every task.
  const spare = [...found].sort((left, right) => (left.nodeId < right.nodeId ? -1 : 1))
  const kept = sameSpare(scaler.spare, spare) ? scaler : { ...scaler, spare }
  if (usable.length <= min) return said(kept, `It has the fewest that it may have: ${min}`)
  // They come emptiest first.
  const due = found.find(({ sinceMs }) => nowMs - sinceMs >= downAfterMs)
  if (due) {
    const because = `${due.nodeId} was spare for ${formatDuration(downAfterMs)}`
    return asking(kept, { kind: 'release', nodeId: due.nodeId }, because, nowMs)
  }
  const [first] = spare
  if (!first) return said(kept, 'Nothing waits for room, and no node is spare')
  // The rule and not the time left: a sentence that changes with each look would be written with each.
  const names = spare.length === 1 ? `${first.nodeId} is` : `${spare.length} nodes are`
  return said(kept, `${names} spare; given back is what stays so for ${formatDuration(downAfterMs)}`)
}

type Wish =
  | { readonly kind: 'scale-up'; readonly count: number; readonly from: number }
  | { readonly kind: 'release'; readonly nodeId: NodeId }

function asking(scaler: PoolScaler, wish: Wish, because: string, nowMs: UnixMs): PoolScaler {
  const sequence = scaler.sequence + 1
  const common = {
    id: `${scaler.id.slice(0, 40)}-${sequence}`,
    because: because.slice(0, limits.reasonLengthMax),
    atMs: nowMs,
    tries: 0,
    nextTryMs: nowMs,
    problem: null,
    acceptedAtMs: null,
  }
  const request: PoolRequest =
    wish.kind === 'scale-up' ? { ...common, ...wish, state: 'asking' } : { ...common, ...wish, state: 'draining' }
  return { ...scaler, sequence, request, spare: [], because: common.because }
}

function ended(scaler: PoolScaler, request: PoolRequest, isDone: boolean, text: string, nowMs: UnixMs): PoolScaler {
  const entry = {
    atMs: nowMs,
    request: request.id,
    kind: request.kind,
    isDone,
    text: text.slice(0, limits.reasonLengthMax),
  }
  return {
    ...scaler,
    request: null,
    because: entry.text,
    history: [entry, ...scaler.history].slice(0, limits.autoscaleDecisionsKept),
  }
}

function said(scaler: PoolScaler, because: string): PoolScaler {
  const text = because.slice(0, limits.reasonLengthMax)
  return scaler.because === text ? scaler : { ...scaler, because: text }
}

function sameSpare(left: PoolScaler['spare'], right: PoolScaler['spare']): boolean {
  return left.length === right.length && left.every(({ nodeId }, at) => nodeId === right[at]?.nodeId)
}

function readyOf(nodes: readonly PoolNode[]): number {
  return nodes.filter(({ health }) => health === 'ready').length
}

function inNodes(count: number): string {
  return count === 1 ? '1 node' : `${count} nodes`
}
