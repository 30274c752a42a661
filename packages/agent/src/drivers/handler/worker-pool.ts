import { type ChildProcess, spawn } from 'node:child_process'
import type { Platform } from '@quarterdeck/platform'
import { BatchChannel } from '../../node/batch-channel.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

const restartMsMin = 100
const restartMsMax = 10_000
/** A worker that lived this long crashed for a reason of its own, not because it cannot start. */
const stableAfterMs = 30_000

export type Worker = {
  readonly process: ChildProcess
  readonly channel: BatchChannel<ToWorker, FromWorker>
  /** Attempts on it now. */
  readonly keys: Set<string>
  isReady: boolean
}

export type WorkerPoolParts = {
  readonly platform: Platform
  readonly count: number
  /** The command line of a worker process. */
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly onMessage: (message: FromWorker) => void
  /** A worker ended, with these attempts on it. */
  readonly onGone: (keys: ReadonlySet<string>, because: string) => void
  /** Pids that are alive, each time they change: an earlier keeper's must be found after a crash. */
  readonly savePids: (pids: readonly number[]) => void
}

/** Worker processes that are started again when they end, for ever, ever more slowly if they cannot start. */
export class WorkerPool {
  readonly #parts: WorkerPoolParts
  readonly #workers = new Set<Worker>()
  #handlers: readonly string[] = []
  #unusable: string | null = 'The handler workers have not started yet.'
  #restartMs = restartMsMin
  #isClosed = false
  #waiting: (() => void)[] = []

  constructor(parts: WorkerPoolParts) {
    this.#parts = parts
    for (let i = 0; i < parts.count; i++) this.#start()
  }

  handlers(): readonly string[] {
    return this.#handlers
  }

  /** Null, or why no handler can run. */
  unusable(): string | null {
    return this.#unusable
  }

  /** The ready worker with the least to do. */
  leastBusy(): Worker | null {
    let best: Worker | null = null
    for (const worker of this.#workers)
      if (worker.isReady && (!best || worker.keys.size < best.keys.size)) best = worker
    return best
  }

  workerOf(key: string): Worker | null {
    for (const worker of this.#workers) if (worker.keys.has(key)) return worker
    return null
  }

  /** Settles when a worker becomes ready, or tells why it cannot be. */
  whenDecided(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  close(): void {
    this.#isClosed = true
    for (const worker of this.#workers) worker.process.kill('SIGKILL')
  }

  #start(): void {
    const { command, env, platform } = this.#parts
    const [file = '', ...args] = command
    const startedAtMs = platform.clock.monotonicMs()
    // A session of its own: a Ctrl-C in the keeper's terminal is the keeper's to handle.
    const child = spawn(file, args, {
      env: { ...env },
      detached: true,
      stdio: ['ignore', 2, 2, 'ipc'],
      serialization: 'json',
    })
    const worker: Worker = {
      process: child,
      keys: new Set(),
      isReady: false,
      channel: new BatchChannel<ToWorker, FromWorker>(child, (message) => this.#onMessage(worker, message)),
    }
    this.#workers.add(worker)
    this.#savePids()
    child.once('error', (cause) => this.#onGone(worker, startedAtMs, `could not be started: ${cause.message}`))
    child.once('exit', (code, signal) =>
      this.#onGone(worker, startedAtMs, signal ? `was ended by ${signal}` : `ended with code ${code}`),
    )
  }

  #onMessage(worker: Worker, message: FromWorker): void {
    if (message.kind === 'ready') {
      worker.isReady = true
      this.#handlers = message.handlers
      this.#unusable = null
      this.#decide()
    } else if (message.kind === 'unusable') {
      this.#unusable = message.because
      this.#parts.platform.log.error('A handler worker cannot start', { because: message.because })
      this.#decide()
    } else {
      if (message.kind === 'done' || message.kind === 'failed') worker.keys.delete(message.key)
      this.#parts.onMessage(message)
    }
  }

  #onGone(worker: Worker, startedAtMs: number, because: string): void {
    if (!this.#workers.delete(worker)) return
    this.#savePids()
    this.#parts.onGone(worker.keys, because)
    if (this.#isClosed) return
    const { clock, timers, log } = this.#parts.platform
    log.warn('A handler worker ended', { because, attempts: worker.keys.size })
    const wasStable = clock.monotonicMs() - startedAtMs > stableAfterMs
    this.#restartMs = wasStable || worker.isReady ? restartMsMin : Math.min(restartMsMax, this.#restartMs * 2)
    timers.after(this.#restartMs, () => {
      if (!this.#isClosed) this.#start()
    })
  }

  #decide(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #savePids(): void {
    this.#parts.savePids([...this.#workers].flatMap(({ process: { pid } }) => pid ?? []))
  }
}
