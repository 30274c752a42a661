import { createHash, randomBytes } from 'node:crypto'
import {
  type Capacity,
  type ControllerId,
  defaultTimings,
  type Incarnation,
  type Node,
  type NodeId,
  type SessionId,
  type Timings,
  type UnixMs,
} from '@quarterdeck/domain'
import type { Command } from '@quarterdeck/domain/wire'
import { nodePlatform } from '@quarterdeck/platform/node'
import { committer, type LeaseFence, readCache, type Store } from '@quarterdeck/store'
import { createMemoryServer, openMemoryStore } from '@quarterdeck/store/memory'
import { put } from '../change.ts'
import type { Core } from '../core.ts'
import { newCounters } from '../counters.ts'
import type { Crypto } from '../crypto.ts'
import { createTaskIndex } from '../tasks/task-index.ts'

export const testCrypto: Crypto = {
  sha256Hex: (text) => createHash('sha256').update(text).digest('hex'),
  hmacSha256Hex: (key, text) => createHash('sha256').update(`${key}\n${text}`).digest('hex'),
  randomSecret: (bytes) => randomBytes(bytes).toString('base64url'),
  equalTexts: (first, second) => first === second,
}

export type TestCore = Core & {
  readonly store: Store
  /** What was pushed to each node's agent. */
  readonly sent: Map<NodeId, Command[]>
  connect(nodeId: NodeId): void
  lead(): Promise<LeaseFence>
  stop(): void
}

/** A controller's core on a memory store, leading when told to, with a hub that only records what it is asked to send. */
export async function testCore({ timings = {} }: { readonly timings?: Partial<Timings> } = {}): Promise<TestCore> {
  const platform = nodePlatform({ logLevel: 'silent', component: 'test' })
  const store = openMemoryStore(createMemoryServer(platform), platform)
  await store.hello()
  const cache = readCache({ store, platform })
  await cache.start()
  let fence: LeaseFence | null = null
  const sent = new Map<NodeId, Command[]>()
  const holder = 'c1' as ControllerId
  const incarnation = 'c1-life' as Incarnation
  return {
    id: holder,
    incarnation,
    url: 'http://127.0.0.1:1',
    version: '0.0.0',
    platform,
    timings: { ...defaultTimings, ...timings },
    store,
    cache,
    tasks: createTaskIndex(cache),
    committer: committer({ store, platform, cache }),
    counters: newCounters(),
    sent,
    connect: (nodeId) => void sent.set(nodeId, []),
    async lead() {
      const reply = await store.lease.acquire({
        holder,
        incarnation,
        nonce: platform.ids.nonce(),
        ttlMs: 600_000,
        epochFloor: 0,
      })
      if (reply.status !== 'acquired') throw new Error(`the lease is held by ${reply.record.holder}`)
      fence = { epoch: reply.record.epoch, nonce: reply.record.nonce }
      return fence
    },
    stop: () => cache.stop(),
    leadership: {
      fence: () => fence,
      lastSeen: () => fence ?? { epoch: 0, nonce: '' },
      leader: () => (fence ? { controllerId: holder, epoch: fence.epoch, sinceMs: 0 } : null),
      leaderlessSinceMs: () => null,
      subscribe: () => ({ cancel: () => undefined }),
      fenced: () => undefined,
      decided: () => undefined,
    },
    hub: {
      session: (nodeId) =>
        sent.has(nodeId)
          ? { nodeId, sessionId: `s-${nodeId}` as SessionId, incarnation: `${nodeId}-life` as Incarnation, digest: '' }
          : undefined,
      sessions: () => [],
      send(nodeId, command) {
        sent.get(nodeId)?.push(command)
        return sent.has(nodeId)
      },
    },
    loads: { get: () => undefined, changedSince: (mark) => ({ mark, nodeIds: [] }) },
  }
}

const CAPACITY: Capacity = { cpuMillis: 4_000, memoryBytes: 8 * 2 ** 30, taskSlots: 32 }

/** A ready node, stored. */
export async function addNode(core: Core, id: string, change: Partial<Node> = {}): Promise<NodeId> {
  const nowMs = core.platform.clock.unixMs()
  const node: Node = {
    v: 1,
    id: id as NodeId,
    zone: 'z1',
    region: 'r1',
    labels: {},
    capacity: CAPACITY,
    facts: {
      hostname: id,
      os: 'linux',
      arch: 'x64',
      cpuModel: 'test',
      cpuCount: 4,
      agentVersion: '0.0.0',
      nodeVersion: 'v20',
      pid: 1,
      bootId: 'boot',
      startedAtMs: nowMs,
      addresses: [],
      isolation: 'none',
      drivers: ['exec', 'handler'],
      handlers: ['noop'],
      canHostController: false,
    },
    joinedAtMs: nowMs,
    incarnation: `${id}-life` as Incarnation,
    session: { id: `s-${id}` as SessionId, controllerId: core.id, sinceMs: nowMs },
    health: 'ready',
    healthSinceMs: nowMs,
    evidence: [],
    falseSuspicions: 0,
    scheduling: 'open',
    schedulingSinceMs: nowMs as UnixMs,
    remark: null,
    drain: null,
    desiredRole: 'worker',
    quarantined: null,
    ...change,
  }
  const before = core.cache.get('node', id)
  const reply = await core.committer.commit({
    changes: [put('node', node, before?.revision ?? 0)],
    meta: { atMs: nowMs, actor: 'test', events: [] },
  })
  if (reply.status !== 'committed') throw new Error(`node ${id} was not stored: ${reply.status}`)
  return node.id
}
