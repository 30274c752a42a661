import type { Random } from '@quarterdeck/platform'
import { createEventQueue } from './event-queue.ts'
import { forbidRealTime } from './forbid-real-time.ts'
import { randomStream } from './random-streams.ts'

/** Virtual time, and everything that happens in it: one thread, one queue, one seed. */
export type World = {
  readonly seed: number
  /** True virtual time since the start. Processes see it through their own clocks. */
  nowMs(): number
  after(ms: number, act: () => void): { cancel(): void }
  random(name: string): Random
  /** Carries out events until `untilMs`, or until `isOver`; promises settle between any two events. */
  run(untilMs: number, isOver?: () => boolean): Promise<void>
  /** Fingerprint of every event carried out and of everything mixed in: equal for equal runs. */
  hash(): string
  mix(text: string): void
  readonly eventsDone: number
  /** What was thrown by an event, or rejected and never handled: always a bug of what runs here. */
  readonly crashes: readonly string[]
}

/** Taken before a run makes the global one throw. */
const soon = setImmediate
const BATCH = 256

export function createWorld(seed: number): World {
  const queue = createEventQueue()
  let nowMs = 0
  let eventsDone = 0
  let hash = 0x811c9dc5
  let hash2 = seed | 0
  const crashes: string[] = []

  const mixNumber = (value: number) => {
    hash = Math.imul(hash ^ value, 0x01000193)
    hash2 = Math.imul(hash2 ^ (value + 0x9e3779b9), 0x85ebca6b)
    hash2 ^= hash2 >>> 13
  }
  const crash = (error: unknown) => {
    if (crashes.length < 20) crashes.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }

  const carryOutOne = (untilMs: number): boolean => {
    const event = queue.take(untilMs)
    if (!event) return false
    nowMs = event.atMs
    eventsDone += 1
    mixNumber(event.seq)
    mixNumber(Math.round(nowMs * 1_000))
    try {
      event.act()
    } catch (error) {
      crash(error)
    }
    return true
  }

  return {
    seed,
    nowMs: () => nowMs,
    after(ms, act) {
      const event = queue.add(nowMs + Math.max(0, ms), act)
      return {
        cancel() {
          event.cancelled = true
        },
      }
    },
    random: (name) => randomStream(seed, name),
    run(untilMs, isOver = () => false) {
      process.on('unhandledRejection', crash)
      return new Promise<void>((resolve) => {
        const end = () => {
          process.off('unhandledRejection', crash)
          nowMs = Math.max(nowMs, isOver() ? nowMs : untilMs)
          resolve()
        }
        runBatches(() => !isOver() && carryOutOne(untilMs), end)
      })
    },
    hash: () => (hash >>> 0).toString(16).padStart(8, '0') + (hash2 >>> 0).toString(16).padStart(8, '0'),
    mix(text) {
      for (let index = 0; index < text.length; index++) mixNumber(text.charCodeAt(index))
    },
    get eventsDone() {
      return eventsDone
    },
    crashes,
  }
}

/**
 * Runs `step` until it returns false. Each step is a turn of Node's loop of its own, which settles all promises before the next one.
 * Between batches the real clock works again, for whoever else lives in this process.
 */
function runBatches(step: () => boolean, end: () => void) {
  let isOver = false
  let allow = () => {}
  const one = () => {
    if (!isOver && !step()) isOver = true
  }
  const batch = () => {
    soon(() => {
      allow = forbidRealTime()
    })
    for (let index = 0; index < BATCH; index++) soon(one)
    soon(() => {
      allow()
      if (isOver) end()
      else batch()
    })
  }
  batch()
}
