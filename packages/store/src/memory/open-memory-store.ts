import type { Incarnation, Kind } from '@quarterdeck/domain'
import type { Platform } from '@quarterdeck/platform'
import {
  BEATS_KEPT_MS,
  type FeedPage,
  type Hello,
  OutcomeUnknown,
  type Store,
  StoreAway,
  type StoredText,
} from '../contract.ts'
import { validateCommits } from '../validate-commits.ts'
import { applyCommit } from './commit.ts'
import { entriesAfter, entriesBefore, trimEntries } from './feed.ts'
import { acquireLease, readLease, releaseLease, renewLease, transferLease } from './lease.ts'
import { beginHistory, createMemoryServer, type MemoryServer, wakeReaders } from './server.ts'

/**
 * Stands between a client and the server on every call. A simulator delays here, drops the request (`StoreAway`) or carries it out
 * and drops the reply (`OutcomeUnknown`). `act` must be called at most once.
 */
export type Gate = <Reply>(call: string, act: () => Reply) => Promise<Reply>

export type MemoryStoreOptions = { readonly gate?: Gate }

/** A store of its own, for one client. */
export function memoryStore(platform: Platform, options: MemoryStoreOptions = {}): Store {
  return openMemoryStore(createMemoryServer(platform), platform, options)
}

/** One client's connection to a shared server. */
export function openMemoryStore(server: MemoryServer, platform: Platform, options: MemoryStoreOptions = {}): Store {
  const gate: Gate = options.gate ?? (async (_call, act) => act())
  const closers = new Set<() => void>()
  let isClosed = false
  let knownHistoryId = ''

  function call<Reply>(name: string, act: () => Reply): Promise<Reply> {
    if (isClosed) return Promise.reject(new StoreAway('this store is closed'))
    return gate(name, act)
  }
  const nowMs = () => Math.floor(server.clock.unixMs())
  const isPresent = (incarnation: string) => server.present.some((present) => present === incarnation)

  /** Adds to a set of the server for as long as this client is open or until cancelled. */
  function listen<Listener>(listeners: Set<Listener>, listener: Listener) {
    listeners.add(listener)
    const cancel = () => {
      listeners.delete(listener)
      closers.delete(cancel)
    }
    closers.add(cancel)
    return { cancel }
  }

  function readPage(afterRevision: number, limit: number): FeedPage {
    const { state } = server
    if (state.historyId !== knownHistoryId) return { status: 'history', historyId: state.historyId }
    const entries = entriesAfter(state, afterRevision, limit)
    return entries ? { status: 'entries', entries } : { status: 'trimmed', firstRevision: state.feedFloor + 1 }
  }

  function greet(): Hello {
    const isNew = server.state.historyId === ''
    if (isNew) beginHistory(server)
    knownHistoryId = server.state.historyId
    return describe(server, isNew)
  }

  return {
    hello: () => call('hello', greet),
    head: () => call('head', () => ({ historyId: server.state.historyId, revision: server.state.revision })),

    async commit(commits) {
      validateCommits(commits)
      return await call('commit', () => {
        const replies = commits.map((commit) => applyCommit(server.state, commit))
        if (replies.some(({ status }) => status === 'committed')) wakeReaders(server)
        return replies
      })
    },

    get: (kind, id) => call('get', () => server.state.objects.get(kind)?.get(id) ?? null),
    page: (kind, cursor, limit) => call('page', () => pageOf(server, kind, cursor, limit)),

    async readFeed(afterRevision, limit, waitMs) {
      // Listening begins before the first look, or a write between the look and the listening would be slept through.
      const write = nextWrite(waitMs)
      try {
        const first = await call('readFeed', () => readPage(afterRevision, limit))
        if (first.status !== 'entries' || first.entries.length > 0 || waitMs <= 0) return first
        await write.happened
        return await call('readFeed', () => readPage(afterRevision, limit))
      } finally {
        write.cancel()
      }
    },
    readFeedBack: (beforeRevision, limit) =>
      call('readFeedBack', () => entriesBefore(server.state, beforeRevision, limit)),
    feedLength: () => call('feedLength', () => server.state.feed.length),
    trimFeed: (throughRevision) => call('trimFeed', () => trimEntries(server.state, throughRevision)),

    readAudit: (before, limit) =>
      call('readAudit', () => {
        const end = before === null ? Number.POSITIVE_INFINITY : Number.parseInt(before, 10)
        const older = server.state.audit.filter(({ revision }) => revision < end)
        const newest = older.slice(Math.max(0, older.length - limit)).reverse()
        return newest.map(({ revision, meta }) => ({ position: `${revision}-0`, revision, meta }))
      }),

    saveSnapshot: (revision, text) => call('saveSnapshot', () => void server.state.snapshots.set(revision, text)),
    listSnapshots: () => call('listSnapshots', () => [...server.state.snapshots.keys()].sort((a, b) => a - b)),
    loadSnapshot: (revision) => call('loadSnapshot', () => server.state.snapshots.get(revision) ?? null),
    dropSnapshot: (revision) => call('dropSnapshot', () => void server.state.snapshots.delete(revision)),

    lease: {
      read: () => call('lease.read', () => readLease(server.state, nowMs())),
      acquire: (request) => call('lease.acquire', () => acquireLease(server.state, request, nowMs(), isPresent)),
      renew: (fence, ttlMs) => call('lease.renew', () => renewLease(server.state, fence, ttlMs, nowMs())),
      transfer: (fence, to) => call('lease.transfer', () => transferLease(server.state, fence, to, nowMs())),
      release: (fence) => call('lease.release', () => releaseLease(server.state, fence)),
    },

    presence: {
      announce: (incarnation) => call('presence.announce', () => announce(incarnation)),
      isPresent: (incarnation) => call('presence.isPresent', () => isPresent(incarnation)),
    },

    recordBeats: (nodeIds) =>
      call('recordBeats', () => {
        const { beats } = server.state
        for (const nodeId of nodeIds) beats.set(nodeId, nowMs())
        for (const [nodeId, atMs] of beats) if (atMs < nowMs() - BEATS_KEPT_MS) beats.delete(nodeId)
      }),
    readBeats: () => call('readBeats', () => new Map(server.state.beats)),
    publishTelemetry: (message) =>
      call('publishTelemetry', () => {
        for (const listener of [...server.telemetryListeners]) listener(message)
      }),
    subscribeTelemetry: (listener) =>
      // Wrapped, so that one function may subscribe twice. A message reaches its reader in a later turn, as from a socket.
      call('subscribeTelemetry', () =>
        listen(server.telemetryListeners, (message) => platform.timers.soon(() => listener(message))),
      ),

    durable: (historyId) =>
      call('durable', () => {
        if (historyId !== server.state.historyId) throw new OutcomeUnknown('the store began a new history')
      }),
    async ping() {
      const sentMs = platform.clock.monotonicMs()
      await call('ping', () => undefined)
      return platform.clock.monotonicMs() - sentMs
    },
    onHistory: (listener) => listen(server.historyListeners, () => listener(describe(server, true))),
    async close() {
      isClosed = true
      for (const close of [...closers]) close()
    },
  }

  function announce(incarnation: Incarnation) {
    server.present.push(incarnation)
    closers.add(() => {
      const index = server.present.indexOf(incarnation)
      if (index >= 0) server.present.splice(index, 1)
    })
  }

  /** Resolves at the next write, after `waitMs`, or when this client closes. */
  function nextWrite(waitMs: number) {
    const ends: (() => void)[] = []
    const end = () => {
      for (const act of ends.splice(0)) act()
    }
    const happened = new Promise<void>((resolve) => ends.push(resolve))
    const timer = platform.timers.after(waitMs, end)
    const subscription = listen(server.writeListeners, end)
    closers.add(end)
    ends.push(() => {
      timer.cancel()
      subscription.cancel()
      closers.delete(end)
    })
    return { happened, cancel: end }
  }
}

function describe({ state }: MemoryServer, changed: boolean): Hello {
  const { historyId, revision, objects } = state
  const empty = [...objects.values()].every((byId) => byId.size === 0)
  return { historyId, revision, changed, version: 'memory', durability: 'written', warnings: [], empty }
}

/** The cursor is the last id of the page before; ids are visited in order, so that a page never repeats one. */
function pageOf(server: MemoryServer, kind: Kind, cursor: string | null, limit: number) {
  const byId = server.state.objects.get(kind) ?? new Map<string, StoredText>()
  const ids = [...byId.keys()].sort().filter((id) => cursor === null || id > cursor)
  const objects = ids.slice(0, limit).flatMap((id) => byId.get(id) ?? [])
  const last = objects.at(-1)
  return { objects, next: last && ids.length > limit ? last.id : null }
}
