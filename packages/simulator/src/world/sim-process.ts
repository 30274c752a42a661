import type { MonotonicMs, UnixMs } from '@quarterdeck/domain'
import type { Log, LogFields, Platform, Random } from '@quarterdeck/platform'
import type { World } from './world.ts'

/** Wall clock at the start of every run: any fixed moment serves. */
export const EPOCH_START_MS = 1_800_000_000_000

/** A machine's clocks: they outlive its processes. */
export type MachineClock = {
  /** Speed against true time, 0.95 to 1.05. Constant for a run, as the bounds of exclusive tasks assume. */
  readonly rate: number
  /** What faults moved the wall clock by. */
  jumpMs: number
}

export type Death = 'process-only' | 'silent'

/** One life of one process. Dead, it never acts again; its successor is another value. */
export type SimProcess = {
  readonly name: string
  readonly platform: Platform
  readonly isAlive: boolean
  readonly isPaused: boolean
  /** Acts now, or when the pause ends; never once dead. Everything that reaches a process from outside comes this way. */
  deliver(act: () => void): void
  /** As SIGSTOP: nothing runs, what arrives waits. */
  pause(): void
  resume(): void
  /** As SIGKILL: timers, sockets and promises are gone. `silent`: its machine too, so that nobody closes its connections. */
  kill(how?: Death): void
  onKill(listener: (how: Death) => void): void
}

export type SimProcessOptions = {
  readonly world: World
  readonly name: string
  readonly clock: MachineClock
  readonly onLog: (line: LogLine) => void
}

export type LogLine = {
  readonly process: string
  readonly level: string
  readonly message: string
  readonly fields: LogFields
}

export function startProcess({ world, name, clock, onLog }: SimProcessOptions): SimProcess {
  const startedAtMs = world.nowMs()
  let isAlive = true
  let isPaused = false
  let waiting: (() => void)[] = []
  const killListeners: ((how: Death) => void)[] = []

  const deliver = (act: () => void) => {
    if (!isAlive) return
    if (isPaused) waiting.push(act)
    else act()
  }
  const random = world.random(`${name}@${startedAtMs}`)

  return {
    name,
    platform: createPlatform(),
    get isAlive() {
      return isAlive
    },
    get isPaused() {
      return isPaused
    },
    deliver,
    pause() {
      isPaused = true
    },
    resume() {
      if (!isPaused) return
      isPaused = false
      const held = waiting
      waiting = []
      // One turn each, in the order in which they came due.
      for (const act of held) world.after(0, () => deliver(act))
    },
    kill(how = 'process-only') {
      if (!isAlive) return
      isAlive = false
      waiting = []
      for (const listener of killListeners) listener(how)
    },
    onKill(listener) {
      killListeners.push(listener)
    },
  }

  function createPlatform(): Platform {
    const monotonicMs = () => (world.nowMs() * clock.rate) as MonotonicMs
    const unixMs = () => Math.floor(EPOCH_START_MS + world.nowMs() * clock.rate + clock.jumpMs) as UnixMs
    const after = (ms: number, act: () => void) => world.after(ms / clock.rate, () => deliver(act))

    return {
      clock: { monotonicMs, unixMs },
      timers: {
        after(ms, act) {
          // A timer that was cancelled while its process stood still must not fire when it wakes.
          let isCancelled = false
          const timer = after(ms, () => {
            if (!isCancelled) act()
          })
          return {
            cancel() {
              isCancelled = true
              timer.cancel()
            },
          }
        },
        every(ms, act) {
          let isCancelled = false
          let timer = { cancel() {} }
          const arm = () => {
            timer = after(ms, () => {
              if (isCancelled) return
              arm()
              act()
            })
          }
          arm()
          return {
            cancel() {
              isCancelled = true
              timer.cancel()
            },
          }
        },
        soon: (act) => {
          after(0, act)
        },
      },
      random,
      ids: createIds(random, unixMs),
      log: createLog(name, {}, onLog),
    }
  }
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

function createIds(random: Random, unixMs: () => number): Platform['ids'] {
  const letters = (count: number) => {
    let text = ''
    for (let index = 0; index < count; index++) text += ALPHABET.charAt(random.nextInt(32))
    return text
  }
  const sortable = () => {
    let time = ''
    for (let rest = unixMs(), index = 0; index < 10; index++, rest = Math.floor(rest / 32)) {
      time = ALPHABET.charAt(rest % 32) + time
    }
    return time + letters(16)
  }
  return {
    next: (prefix) => (prefix ? `${prefix}-${sortable()}` : sortable()),
    nonce: () => {
      let text = ''
      for (let index = 0; index < 24; index++) text += random.nextInt(16).toString(16)
      return text
    },
  }
}

function createLog(process: string, base: LogFields, onLog: (line: LogLine) => void): Log {
  const at = (level: string) => (message: string, fields?: LogFields) =>
    onLog({ process, level, message, fields: fields ? { ...base, ...fields } : base })
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (fields) => createLog(process, { ...base, ...fields }, onLog),
  }
}
