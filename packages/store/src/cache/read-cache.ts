import type { Kind, Stored } from '@quarterdeck/domain'
import { type Platform, sleep } from '@quarterdeck/platform'
import { type FeedPage, type Head, type Store, StoreAway, type StoredText } from '../contract.ts'
import { within } from '../within.ts'
import type { CacheChange, ReadCache } from './contract.ts'
import { loadTable } from './load-table.ts'
import { applyAhead, createObjectTable, followEntry, type ObjectTable } from './object-table.ts'

export type ReadCacheOptions = {
  readonly store: Store
  readonly platform: Platform
  /** How long one read of the feed waits for something new. */
  readonly waitMs?: number
  /** How much longer it may take before it counts as stuck. */
  readonly stallMs?: number
  readonly freshTimeoutMs?: number
}

const PAGE_ENTRIES = 500
const RETRY_MS_MIN = 50
const RETRY_MS_MAX = 2_000
/**
 * While this process writes, the feed is left alone for this long after each page: the next read begins behind all own writes that were
 * acknowledged meanwhile, so that few of them are read back. What others write is seen this much later, and only by one who writes.
 */
const REST_MS = 3
const WRITES_FOR_MS = 50

export function readCache(options: ReadCacheOptions): ReadCache {
  const { store, platform, waitMs = 1_000, stallMs = 1_000, freshTimeoutMs = 3_000 } = options
  const { clock, timers, log } = platform
  const listeners = new Set<(change: CacheChange) => void>()
  const advanceListeners = new Set<() => void>()
  const onUnreadable = ({ kind, id, revision }: StoredText, because: string) =>
    log.error('an object cannot be read and is left out', { kind, id, revision, because })

  let table = createObjectTable({ historyId: '', revision: 0, onUnreadable })
  let loading: ObjectTable | null = null
  let complete = false
  let started = false
  let isStopped = false
  let lastAnswerMs = clock.monotonicMs()
  let wroteAtMs = Number.NEGATIVE_INFINITY
  const empty = new Map<string, never>()

  return {
    start() {
      if (started) throw new Error('a read cache is started once')
      started = true
      void run()
      return until(() => complete)
    },
    stop() {
      isStopped = true
      advanced()
    },
    get complete() {
      return complete
    },
    get historyId() {
      return table.historyId
    },
    get revision() {
      return table.revision
    },
    get isExact() {
      return complete && table.ahead.size === 0
    },
    asOf() {
      const silenceMs = clock.monotonicMs() - lastAnswerMs
      const behindMs = complete && silenceMs <= waitMs + stallMs ? 0 : Math.max(0, Math.round(silenceMs))
      return { revision: table.revision, serverMs: clock.unixMs(), behindMs }
    },
    async fresh() {
      const head = await store.head()
      const hasReached = () => complete && table.historyId === head.historyId && table.revision >= head.revision
      await until(hasReached, freshTimeoutMs)
    },
    get: <K extends Kind>(kind: K, id: string) => table.byKind.get(kind)?.get(id) as Stored<K> | undefined,
    all: <K extends Kind>(kind: K) =>
      (table.byKind.get(kind) ?? empty) as ReadonlyMap<string, unknown> as ReadonlyMap<string, Stored<K>>,
    subscribe(listener) {
      // Wrapped, so that one function may subscribe twice.
      const own = (change: CacheChange) => listener(change)
      listeners.add(own)
      return { cancel: () => void listeners.delete(own) }
    },
    applyCommitted({ historyId, revision, meta, changes }) {
      if (loading?.historyId === historyId) applyAhead(loading, { revision, changes })
      if (table.historyId !== historyId) return
      wroteAtMs = clock.monotonicMs()
      const applied = applyAhead(table, { revision, changes })
      if (applied.status === 'applied') tell({ kind: 'entry', revision, meta, changes: applied.changes })
      advanced()
    },
  }

  async function run() {
    // Each new reason is logged once, not each try.
    let lastFailure = ''
    for (let failures = 0; !isStopped; ) {
      try {
        if (complete) await followOnce()
        else await load()
        failures = 0
        lastFailure = ''
      } catch (error) {
        failures += 1
        if (String(error) !== lastFailure) log.warn('the feed cannot be read, trying again', { error: String(error) })
        lastFailure = String(error)
        const ceilingMs = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** Math.min(failures, 10))
        await sleep(timers, RETRY_MS_MIN / 2 + platform.random.next() * ceilingMs)
      }
    }
  }

  async function load() {
    const onBegin = (begun: ObjectTable) => {
      loading = begun
    }
    try {
      const remembersCluster = [...table.byKind.values()].some((byId) => byId.size > 0)
      const loaded = await loadTable({ store, remembersCluster, onUnreadable, onBegin })
      if (isStopped) return
      table = loaded
      complete = true
      lastAnswerMs = clock.monotonicMs()
    } finally {
      loading = null
    }
    tell({ kind: 'reset' })
    advanced()
  }

  /** One read of the feed; leaves `complete` false when the place in it is lost. */
  async function followOnce() {
    const page = await readWithin(store.readFeed(table.revision, PAGE_ENTRIES, waitMs), waitMs + stallMs)
    if (isStopped) return
    if (page.status !== 'entries') return losePlace(page.status)
    if (page.entries.length === 0) return await checkHead(await readWithin(store.head(), stallMs))

    for (const { revision, meta, changes } of page.entries) {
      const followed = followEntry(table, { revision, changes })
      if (followed.status === 'gap') return losePlace('gap')
      if (followed.status === 'applied') tell({ kind: 'entry', revision, meta, changes: followed.changes })
    }
    if (page.entries.length < PAGE_ENTRIES) lastAnswerMs = clock.monotonicMs()
    advanced()
    if (clock.monotonicMs() - wroteAtMs < WRITES_FOR_MS) await sleep(timers, REST_MS)
  }

  /**
   * An empty page may also come from a reader that hangs on a server which is no longer the store. The head, read on another
   * connection, tells; what it shows must then be in the feed at once.
   */
  async function checkHead(head: Head) {
    if (head.historyId !== table.historyId) return losePlace('history')
    if (head.revision > table.revision) {
      const page = await readWithin(store.readFeed(table.revision, 1, 0), stallMs)
      if (page.status === 'entries' && page.entries.length === 0) return losePlace('stuck')
    }
    lastAnswerMs = clock.monotonicMs()
  }

  function losePlace(because: Exclude<FeedPage['status'], 'entries'> | 'gap' | 'stuck') {
    if (isStopped) return
    log.warn('the place in the feed is lost, reading everything again', { because, revision: table.revision })
    complete = false
  }

  /** A read that neither answers nor fails is given up: only progress counts, never the state of a connection. */
  function readWithin<Reply>(reading: Promise<Reply>, limitMs: number): Promise<Reply> {
    return within(timers, reading, limitMs, () => new StoreAway(`no answer within ${limitMs} ms`))
  }

  function until(reached: () => boolean, limitMs?: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer =
        limitMs === undefined ? null : timers.after(limitMs, () => settle(new StoreAway('the cache is behind')))
      const look = () => {
        if (isStopped) settle(new StoreAway('the cache was stopped'))
        else if (reached()) settle()
      }
      const settle = (error?: Error) => {
        advanceListeners.delete(look)
        timer?.cancel()
        if (error) reject(error)
        else resolve()
      }
      advanceListeners.add(look)
      look()
    })
  }

  function advanced() {
    for (const look of [...advanceListeners]) look()
  }

  /** A listener that throws must not end the following of the feed. */
  function tell(change: CacheChange) {
    for (const listener of [...listeners]) {
      try {
        listener(change)
      } catch (error) {
        log.error('a listener of the read cache failed', {
          error: error instanceof Error ? error.stack : String(error),
        })
      }
    }
  }
}
