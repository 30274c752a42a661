import { reconcilePool } from '@quarterdeck/controllers'
import {
  type ClusterEvent,
  drainOptionsSchema,
  isGone,
  type NodeId,
  type PoolRequest,
  type PoolScaler,
  type Stored,
  type UnixMs,
} from '@quarterdeck/domain'
import { replace } from '../change.ts'
import type { Caller } from '../contract.ts'
import type { Core } from '../core.ts'
import type { Crypto } from '../crypto.ts'
import { startDrain } from '../drain/start-drain.ts'
import { removeNode } from '../nodes/remove-node.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import type { CallWebhook } from '../webhook.ts'
import { repeating } from '../work-loops/repeating.ts'
import { storeStep } from '../work-loops/store-step.ts'
import { askProvider } from './ask-provider.ts'
import { nodesNeeded, poolNodes, spareNodes } from './measure-pool.ts'

const LOOK_MS = 1_000
/** Pauses between tries double from the first to the last, milliseconds. */
const TRY_AGAIN_MS = 1_000
const TRY_AGAIN_MS_MAX = 60_000

type Deps = {
  readonly view: ClusterView
  readonly crypto: Crypto
  readonly callWebhook: CallWebhook
  readonly brake: () => string | null
}

/**
 * Lets pools grow and shrink while this controller leads. What is to be asked is stored before it is asked, with the id that the
 * provider knows it by: a new leader asks for the same thing again, and not for one more.
 */
export function createPoolLoop(core: Core, deps: Deps): { start(): void; stop(): void } {
  const busy = new Set<string>()
  const looking = repeating(core.platform, LOOK_MS, look)

  function look(): void {
    if (!core.leadership.fence() || !core.cache.complete) return
    deps.view.takeLoads()
    for (const stored of core.cache.all('pool-scaler').values()) {
      if (busy.has(stored.id)) continue
      busy.add(stored.id)
      void lookAt(stored).finally(() => busy.delete(stored.id))
    }
  }

  async function lookAt(stored: Stored<'pool-scaler'>): Promise<void> {
    const { id: pool, policy, request } = stored.value
    const nowMs = core.platform.clock.unixMs()
    const next = reconcilePool({
      scaler: stored.value,
      nodes: poolNodes(core, pool),
      // What is asked for is not asked for again, so nothing has to be measured meanwhile.
      need: request ? { nodes: 0, because: '' } : nodesNeeded(core, deps.view, policy),
      spare: request ? [] : spareNodes(core, deps.view, policy),
      brake: deps.brake(),
      nowMs,
    })
    if (next !== stored.value) return await store(stored, next, eventsOf(stored.value, next))
    if (request) await carryOut(stored, request, nowMs)
  }

  async function carryOut(stored: Stored<'pool-scaler'>, request: PoolRequest, nowMs: UnixMs): Promise<void> {
    if (request.state === 'asking') {
      if (request.nextTryMs <= nowMs) await ask(stored, request)
      return
    }
    if (request.kind !== 'release') return
    const node = core.cache.get('node', request.nodeId)?.value
    if (request.state === 'draining' && node?.scheduling === 'open') await drain(stored.value, request.nodeId, request)
    if (request.state === 'leaving' && node && isGone(node.health)) {
      const reason = `given back to the provider of pool ${stored.id}`
      const removed = await removeNode(core, { id: request.nodeId, reason }, scalerAsCaller(stored.value, request))
      if (!removed.ok)
        core.platform.log.warn('a node that was given back was not removed', { because: removed.error.message })
    }
  }

  async function ask(stored: Stored<'pool-scaler'>, request: PoolRequest): Promise<void> {
    const problem = await askProvider(core, deps, stored.value, request)
    const atMs = core.platform.clock.unixMs()
    const tries = request.tries + 1
    const pauseMs = Math.min(TRY_AGAIN_MS_MAX, TRY_AGAIN_MS * 2 ** Math.min(request.tries, 10))
    const tried = { tries, problem, nextTryMs: (atMs + pauseMs) as UnixMs }
    const accepted = { tries, problem: null, acceptedAtMs: atMs }
    const next: PoolRequest = problem
      ? { ...request, ...tried }
      : request.kind === 'scale-up'
        ? { ...request, ...accepted, state: 'booting' }
        : { ...request, ...accepted, state: 'leaving' }
    const text = problem
      ? `Pool ${stored.id}: ${problem}; asked again in ${Math.round(pauseMs / 1_000)} s`
      : `The provider of pool ${stored.id} accepted ${inWords(request)}`
    const isNews = problem !== request.problem
    await store(
      stored,
      { ...stored.value, request: next },
      isNews ? [poolEvent(problem ? 'warning' : 'notice', text)] : [],
    )
  }

  async function drain(scaler: PoolScaler, nodeId: NodeId, request: PoolRequest): Promise<void> {
    const input = { ids: [nodeId], options: drainOptionsSchema.parse({}), reason: request.because }
    const started = await startDrain(core, deps.view, input, scalerAsCaller(scaler, request))
    if (!started.ok) core.platform.log.warn('a spare node was not drained', { nodeId, because: started.error.message })
  }

  async function store(stored: Stored<'pool-scaler'>, next: PoolScaler, events: ClusterEvent[]): Promise<void> {
    await storeStep(core, { changes: [replace(stored, next)], events, what: 'a look at a pool', id: stored.id })
  }

  return {
    start: looking.start,
    stop: looking.stop,
  }
}

/** Its acts stand in the audit like those of people. */
function scalerAsCaller({ id }: PoolScaler, request: PoolRequest): Caller {
  return { me: { id: `pool-scaler.${id}`, role: 'admin', kind: 'token' }, address: '', requestId: request.id }
}

function eventsOf(before: PoolScaler, after: PoolScaler): ClusterEvent[] {
  const [ended] = after.history
  if (ended && ended !== before.history[0])
    return [poolEvent(ended.isDone ? 'notice' : 'warning', `Pool ${after.id}: ${ended.text}`)]
  const { request } = after
  if (!request || request.id === before.request?.id) return []
  return [poolEvent('notice', `Pool ${after.id} asks for ${inWords(request)}: ${request.because}`)]
}

function poolEvent(severity: ClusterEvent['severity'], text: string): ClusterEvent {
  return { type: 'pool.scaled', subject: { kind: 'cluster', id: 'cluster' }, severity, text: text.slice(0, 500) }
}

function inWords(request: PoolRequest): string {
  if (request.kind === 'release') return `the release of ${request.nodeId}`
  return request.count === 1 ? '1 more node' : `${request.count} more nodes`
}
