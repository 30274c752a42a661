import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MonotonicMs, UnixMs } from '@quarterdeck/domain'
import { type Log, type Platform, seededRandom, type Timer } from '@quarterdeck/platform'

const WALL_START_MS = 1_800_000_000_000

/** Time that stands still unless a test moves it. Every process of a test lives in one world. */
export type VirtualWorld = {
  readonly nowMs: number
  process(name: string): VirtualProcess
  /** Runs everything that is due within the next `ms`, in order, each with all that follows from it. */
  run(ms: number): Promise<void>
  /** Runs until `look` finds something, at most `maxMs` of virtual time. */
  /** Runs until the promise settles. */
  settle<Value>(promise: Promise<Value>): Promise<Value>
  until<Value>(reason: string, look: () => Value | null | undefined | false, maxMs?: number): Promise<Value>
}

export type VirtualProcess = {
  readonly platform: Platform
  /** As SIGKILL: no timer of it fires again. */
  kill(): void
  /** As SIGSTOP: what is due waits. */
  pause(): void
  resume(): void
}

type Entry = {
  atMs: number
  readonly order: number
  readonly owner: Owner
  readonly act: () => void
  isCancelled: boolean
}
type Owner = { isDead: boolean; isPaused: boolean }

export function createVirtualWorld(seed = 1): VirtualWorld {
  const random = seededRandom(seed)
  let entries: Entry[] = []
  let order = 0
  let nowMs = 0

  function schedule(owner: Owner, inMs: number, act: () => void): Timer {
    const entry: Entry = { atMs: nowMs + Math.max(0, inMs), order: order++, owner, act, isCancelled: false }
    entries.push(entry)
    return {
      cancel() {
        entry.isCancelled = true
      },
    }
  }

  function nextDue(untilMs: number): Entry | undefined {
    entries = entries.filter(({ isCancelled, owner }) => !isCancelled && !owner.isDead)
    const due = entries.filter(({ atMs, owner }) => atMs <= untilMs && !owner.isPaused)
    due.sort((left, right) => left.atMs - right.atMs || left.order - right.order)
    return due[0]
  }

  async function stepWithin(untilMs: number): Promise<boolean> {
    await nextTurn()
    const entry = nextDue(untilMs)
    if (!entry) return false
    entry.isCancelled = true
    nowMs = Math.max(nowMs, entry.atMs)
    entry.act()
    return true
  }

  async function until<Value>(
    reason: string,
    look: () => Value | null | undefined | false,
    maxMs = 60_000,
  ): Promise<Value> {
    const untilMs = nowMs + maxMs
    for (;;) {
      await nextTurn()
      const found = look()
      if (found) return found
      if (!(await stepWithin(untilMs))) throw new Error(`not within ${maxMs} ms: ${reason}`)
    }
  }

  return {
    get nowMs() {
      return nowMs
    },
    process(name) {
      const owner: Owner = { isDead: false, isPaused: false }
      let ids = 0
      const id = (prefix: string) => `${prefix}-${name}-${++ids}`
      return {
        platform: {
          clock: { monotonicMs: () => nowMs as MonotonicMs, unixMs: () => (WALL_START_MS + nowMs) as UnixMs },
          timers: {
            after: (ms, act) => schedule(owner, ms, act),
            every(ms, act) {
              let timer: Timer
              const again = () => {
                timer = schedule(owner, ms, () => {
                  again()
                  act()
                })
              }
              again()
              return { cancel: () => timer.cancel() }
            },
            soon: (act) => void schedule(owner, 0, act),
          },
          random,
          ids: { next: (prefix) => id(prefix ?? 'id'), nonce: () => id('nonce') },
          log: silentLog,
        },
        kill() {
          owner.isDead = true
        },
        pause() {
          owner.isPaused = true
        },
        resume() {
          owner.isPaused = false
        },
      }
    },
    async run(ms) {
      const untilMs = nowMs + ms
      while (await stepWithin(untilMs)) {
        // Everything that is due, one after the other.
      }
      nowMs = untilMs
    },
    until,
    async settle(promise) {
      let isSettled = false
      const settle = () => {
        isSettled = true
      }
      promise.then(settle, settle)
      await until('a promise settles', () => isSettled)
      return await promise
    },
  }
}

const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, with: () => silentLog }
