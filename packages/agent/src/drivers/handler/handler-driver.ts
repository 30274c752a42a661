import type { Platform } from '@quarterdeck/platform'
import { type AttemptRef, attemptKey } from '../../attempt.ts'
import type { Driver, DriverEvents, DriverExit } from '../../driver.ts'
import type { LogStore } from '../../node/log-store.ts'
import type { FromWorker } from './worker-messages.ts'
import { type Worker, WorkerPool, type WorkerPoolParts } from './worker-pool.ts'

export type HandlerDriverParts = Pick<WorkerPoolParts, 'count' | 'command' | 'env' | 'savePids'> & {
  readonly platform: Platform
  readonly logs: LogStore
}

export type HandlerDriver = Driver & {
  /** Settles once it is known whether the module's handlers can run. */
  whenDecided(): Promise<void>
  close(): void
}

type Live = {
  readonly ref: AttemptRef
  readonly events: DriverEvents
  readonly done: Promise<DriverExit>
  readonly finish: (exit: DriverExit) => void
  /** Set when this attempt's worker is killed on its behalf. */
  isKilled: boolean
}

/**
 * Runs JavaScript functions in worker processes that stay: no process is started per task, so a task costs two messages.
 *
 * The price is that handlers share a process. One that does not obey its abort signal is ended by killing the process, and its
 * neighbours there fail with a sentence that says so; what must not be disturbed runs as a program.
 */
export function handlerDriver(parts: HandlerDriverParts): HandlerDriver {
  const live = new Map<string, Live>()
  /** What ends the waiting of attempts that have no worker yet. */
  const starting = new Map<string, () => void>()
  const pool = new WorkerPool({ ...parts, onMessage, onGone })

  return {
    name: 'handler',

    fingerprint: () => ({ unavailable: pool.unusable(), handlers: [...pool.handlers()] }),

    async prepare() {
      return { ok: true, value: null }
    },

    async start(assignment, events) {
      const { handler } = assignment
      if (!handler) return { ok: false, because: 'The assignment names no handler.' }
      const key = attemptKey(assignment)
      const worker = pool.leastBusy() ?? (await nextWorker(key))
      if (!worker)
        return {
          ok: false,
          because: `No handler worker was running: ${pool.unusable() ?? 'they were being started again'}.`,
        }

      live.set(key, newLive({ taskId: assignment.taskId, attempt: assignment.attempt }, events))
      worker.keys.add(key)
      worker.channel.send({
        kind: 'run',
        key,
        taskId: assignment.taskId,
        attempt: assignment.attempt,
        name: handler.name,
        input: handler.input,
        shard: assignment.shard ?? null,
        ports: assignment.ports ?? [],
      })
      return { ok: true, value: { worker: worker.process.pid ?? null } }
    },

    async wait(ref) {
      const found = live.get(attemptKey(ref))
      if (!found) throw new Error(`nothing runs for ${attemptKey(ref)}`)
      return found.done
    },

    async stop(ref, how) {
      const key = attemptKey(ref)
      const found = live.get(key)
      const worker = pool.workerOf(key)
      starting.get(key)?.()
      if (!found || !worker) return
      if (how === 'ask') worker.channel.send({ kind: 'abort', key })
      else killFor(found, worker)
    },

    // Workers end with their keeper, and those that did not were killed before this is asked.
    async recover() {
      return 'gone'
    },

    async remove(ref) {
      live.delete(attemptKey(ref))
    },

    whenDecided: async () => {
      if (!pool.leastBusy()) await pool.whenDecided()
    },
    close: () => pool.close(),
  }

  /** Waits while all workers are being started again; null when the attempt is stopped meanwhile. */
  async function nextWorker(key: string): Promise<Worker | null> {
    let isStopped = false
    const stopped = new Promise<void>((resolve) => {
      starting.set(key, () => {
        isStopped = true
        resolve()
      })
    })
    let worker: Worker | null = null
    while (!worker && !isStopped) {
      await Promise.race([pool.whenDecided(), stopped])
      worker = pool.leastBusy()
    }
    starting.delete(key)
    return isStopped ? null : worker
  }

  function killFor(found: Live, worker: Worker): void {
    found.isKilled = true
    worker.process.kill('SIGKILL')
  }

  function onMessage(message: FromWorker): void {
    if (message.kind === 'ready' || message.kind === 'unusable') return
    const found = live.get(message.key)
    if (!found) return
    switch (message.kind) {
      case 'progress':
        found.events.onProgress(message)
        return
      case 'log':
        found.events.onActivity()
        void parts.logs.writer(found.ref).write(message.stream, Buffer.from(message.text))
        return
      case 'done':
        found.finish({ ...ended(0, null), value: message.value })
        return
      case 'failed':
        found.finish(ended(1, message.because))
        return
      default:
        message satisfies never
    }
  }

  function onGone(keys: ReadonlySet<string>, because: string): void {
    const gone = [...keys].flatMap((key) => live.get(key) ?? [])
    const culprit = gone.find(({ isKilled }) => isKilled)
    for (const found of gone) {
      if (found.isKilled)
        found.finish(killed('It did not obey its abort signal in time, so its worker process was killed.'))
      else if (culprit)
        found.finish(
          killed(
            `Its worker process was killed because ${attemptKey(culprit.ref)}, which ran beside it, would not stop.`,
          ),
        )
      else found.finish(killed(`Its worker process ${because}.`))
    }
  }
}

function newLive(ref: AttemptRef, events: DriverEvents): Live {
  let finish: (exit: DriverExit) => void = () => {}
  const done = new Promise<DriverExit>((resolve) => {
    finish = resolve
  })
  return { ref, events, done, finish, isKilled: false }
}

const notMeasured = { cpuMs: null, memoryBytesMax: null }

function ended(code: number, error: string | null): DriverExit {
  return { exit: { code, signal: null, error, outOfMemory: false }, usage: notMeasured }
}

function killed(error: string): DriverExit {
  return { exit: { code: null, signal: 'SIGKILL', error, outOfMemory: false }, usage: notMeasured }
}
