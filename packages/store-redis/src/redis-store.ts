import { type Kind, MAIN_SHARD, nodeIdSchema, type ShardName, shardNameSchema } from '@quarterdeck/domain'
import type { Platform } from '@quarterdeck/platform'
import {
  BEATS_KEPT_MS,
  type Hello,
  OutcomeUnknown,
  type Store,
  type StoredText,
  validateCommits,
} from '@quarterdeck/store'
import type { RedisClientOptions } from 'redis'
import { z } from 'zod'
import { type Configuration, readConfiguration } from './configuration.ts'
import { parseFeedEntry, parseMeta, streamEntrySchema } from './entry-fields.ts'
import { feedReader } from './feed-reader.ts'
import { describe, watchHistory } from './history-watch.ts'
import { shardKeys } from './keys.ts'
import { openLink } from './link/open-link.ts'
import { durableRounds } from './make-durable.ts'
import { acquireLease } from './scripts/acquire-lease.ts'
import { commit } from './scripts/commit.ts'
import { readHead } from './scripts/read-head.ts'
import { readLease } from './scripts/read-lease.ts'
import { recordBeats } from './scripts/record-beats.ts'
import { releaseLease } from './scripts/release-lease.ts'
import { renewLease } from './scripts/renew-lease.ts'
import { transferLease } from './scripts/transfer-lease.ts'
import { trimFeed } from './scripts/trim-feed.ts'
import { openSubscriptions } from './subscriptions.ts'

export type RedisStoreOptions = {
  /** `redis://…` or `rediss://…`. What `client` says goes on top. */
  readonly url?: string
  readonly client?: RedisClientOptions
  /** Name of the cluster: several may share one Redis. */
  readonly cluster: string
  readonly shard?: ShardName
  readonly platform: Platform
  readonly timeouts?: Partial<RedisTimeouts>
  /** Run on a Redis that may throw state away; the reasons become warnings. */
  readonly acceptDataLoss?: boolean
}

/** Longest waits for a reply, milliseconds. */
export type RedisTimeouts = {
  /** Shorter than the margin between renewals, so that a lost reply leaves time for another try. */
  readonly leaseMs: number
  readonly commandMs: number
  /** For one snapshot, which may be large. */
  readonly snapshotMs: number
}

const defaultTimeouts: RedisTimeouts = { leaseMs: 1_000, commandMs: 2_000, snapshotMs: 20_000 }

/** This Redis would lose the cluster's state sooner or later. */
export class UnsafeRedis extends Error {
  override readonly name = 'UnsafeRedis'
}

const scanReplySchema = z.tuple([z.string(), z.array(z.string())])
const beatsReplySchema = z.array(z.tuple([z.string(), z.number()]))

/** The store of one shard in Redis. Connects at the first call; `hello` must be that call. */
export function redisStore(options: RedisStoreOptions): Store {
  const { platform, cluster, acceptDataLoss = false } = options
  const keys = shardKeys(shardNameSchema.parse(cluster), options.shard ?? MAIN_SHARD)
  const timeouts = { ...defaultTimeouts, ...options.timeouts }
  const history = watchHistory(keys, platform)
  let configuration: Configuration | null = null

  const shared = {
    client: { ...(options.url !== undefined && { url: options.url }), ...options.client },
    platform,
    timeoutMs: timeouts.commandMs,
    siblings: new Set<() => void>(),
    greet: async (send: Parameters<typeof history.greet>[0]) => void (await history.greet(send)),
  }
  // One connection per purpose: what waits on one never delays another, and WAIT never waits for somebody else's writes.
  const leases = openLink({ ...shared, purpose: 'leases', writes: true, timeoutMs: timeouts.leaseMs })
  const commits = openLink({ ...shared, purpose: 'commits', writes: true })
  const durables = openLink({ ...shared, purpose: 'durable commits', writes: true })
  const reads = openLink({ ...shared, purpose: 'reads', writes: false })
  const blocking = openLink({ ...shared, purpose: 'blocking reads', writes: false })
  const subscriptions = openSubscriptions(shared)

  const confirmDurable = durableRounds({
    send: durables.send,
    keys,
    timers: platform.timers,
    timeoutMs: timeouts.commandMs,
  })
  const readFeedPage = feedReader({
    history,
    keys,
    reads: reads.send,
    blocking: blocking.send,
    commandMs: timeouts.commandMs,
  })
  const change = { writes: true } as const
  const snapshotChange = { writes: true, timeoutMs: timeouts.snapshotMs } as const

  async function greetUser(): Promise<Hello> {
    const greeting = await history.greet(reads.send)
    configuration = await readConfiguration(reads.send, greeting.info)
    const { dangers, warnings, version, durability } = configuration
    if (dangers.length > 0 && !acceptDataLoss) throw new UnsafeRedis(dangers.join('. '))
    const changed = history.begun
    history.begun = false
    history.known = greeting.historyId
    return describe(greeting, { changed, version, durability, warnings: [...dangers, ...warnings] })
  }

  /** Newest first. An exclusive end of 0 is an error to Redis, so the end is the whole revision before. */
  async function newestBefore(stream: string, beforeRevision: number, limit: number) {
    if (beforeRevision <= 0) return []
    const reply = await reads.send(['XREVRANGE', stream, String(beforeRevision - 1), '-', 'COUNT', String(limit)])
    return z.array(streamEntrySchema).parse(reply)
  }

  return {
    hello: greetUser,
    head: () => readHead(reads.send, keys),

    async commit(batch) {
      validateCommits(batch)
      return batch.length === 0 ? [] : await commit(commits.send, keys, batch)
    },
    async get(kind, id) {
      const stored = z
        .string()
        .nullable()
        .parse(await reads.send(['HGET', keys.objects(kind), id]))
      return stored === null ? null : asStoredText(kind, id, stored)
    },
    async page(kind, cursor, limit) {
      const command = ['HSCAN', keys.objects(kind), cursor ?? '0', 'COUNT', String(limit)]
      const [next, flat] = scanReplySchema.parse(await reads.send(command))
      const objects: StoredText[] = []
      for (let at = 0; at < flat.length; at += 2) objects.push(asStoredText(kind, flat[at] ?? '', flat[at + 1] ?? ''))
      return { objects, next: next === '0' ? null : next }
    },

    readFeed: readFeedPage,
    async readFeedBack(beforeRevision, limit) {
      return (await newestBefore(keys.feed, beforeRevision, limit)).map(parseFeedEntry)
    },
    feedLength: async () => z.number().parse(await reads.send(['XLEN', keys.feed])),
    trimFeed: (throughRevision) => trimFeed((command) => reads.send(command, snapshotChange), keys, throughRevision),
    async readAudit(before, limit) {
      const beforeRevision = before === null ? Number.MAX_SAFE_INTEGER : Number.parseInt(before, 10)
      const entries = await newestBefore(keys.audit, beforeRevision, limit)
      return entries.map(([position, [, meta = '']]) => ({
        position,
        revision: Number.parseInt(position, 10),
        meta: parseMeta(meta),
      }))
    },

    async saveSnapshot(revision, text) {
      await reads.send(['HSET', keys.snapshots, String(revision), text], snapshotChange)
    },
    async listSnapshots() {
      const revisions = z.array(z.coerce.number()).parse(await reads.send(['HKEYS', keys.snapshots]))
      return revisions.sort((a, b) => a - b)
    },
    async loadSnapshot(revision) {
      const reply = await reads.send(['HGET', keys.snapshots, String(revision)], { timeoutMs: timeouts.snapshotMs })
      return z.string().nullable().parse(reply)
    },
    async dropSnapshot(revision) {
      await reads.send(['HDEL', keys.snapshots, String(revision)], snapshotChange)
    },

    lease: {
      read: () => readLease(leases.send, keys),
      acquire: (request) => acquireLease(leases.send, keys, request),
      renew: (fence, ttlMs) => renewLease(leases.send, keys, fence, ttlMs),
      transfer: (fence, to) => transferLease(leases.send, keys, fence, to),
      release: (fence) => releaseLease(leases.send, keys, fence),
    },
    presence: {
      async announce(incarnation) {
        await subscriptions.add(keys.aliveChannel(incarnation), () => undefined)
      },
      async isPresent(incarnation) {
        const reply = await leases.send(['PUBSUB', 'NUMSUB', keys.aliveChannel(incarnation)])
        return z.tuple([z.string(), z.number()]).parse(reply)[1] > 0
      },
    },

    async recordBeats(nodeIds) {
      if (nodeIds.length === 0) return
      await recordBeats((command) => reads.send(command, change), keys, nodeIds, BEATS_KEPT_MS)
    },
    async readBeats() {
      const reply = await reads.send(['ZRANGE', keys.beats, '0', '-1', 'WITHSCORES'])
      return new Map(beatsReplySchema.parse(reply).map(([nodeId, atMs]) => [nodeIdSchema.parse(nodeId), atMs]))
    },
    async publishTelemetry(message) {
      await reads.send(['PUBLISH', keys.telemetryChannel, message], change)
    },
    subscribeTelemetry: (listener) => subscriptions.add(keys.telemetryChannel, listener),

    async durable(historyId) {
      await confirmDurable(configuration?.durableBy ?? 'acknowledged')
      // Asked last, on the same connection: what was confirmed then is the history that the caller wrote to, or it is told.
      const now = await history.greet(durables.send)
      if (now.historyId !== historyId) throw new OutcomeUnknown('the store began a new history')
    },
    async ping() {
      const sentMs = platform.clock.monotonicMs()
      await reads.send(['PING'])
      return platform.clock.monotonicMs() - sentMs
    },
    onHistory(listener) {
      return history.onChange((greeting) => {
        const { version = '', durability = 'written', warnings = [] } = configuration ?? {}
        listener(describe(greeting, { changed: true, version, durability, warnings }))
      })
    },
    async close() {
      await Promise.all([leases, commits, durables, reads, blocking, subscriptions].map((link) => link.close()))
    },
  }
}

/** `<revision> <text>`, as commit.lua writes it. */
function asStoredText(kind: Kind, id: string, stored: string): StoredText {
  const space = stored.indexOf(' ')
  return { kind, id, revision: Number(stored.slice(0, space)), text: stored.slice(space + 1) }
}
