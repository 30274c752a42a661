import { type Platform, sleep } from '@quarterdeck/platform'
import { OutcomeUnknown } from '@quarterdeck/store'
import { type DurableBy, field } from './configuration.ts'
import type { Keys } from './keys.ts'
import type { Send } from './link/send.ts'

type DurableOptions = {
  /** A connection of its own: an answer to `WAIT` holds up everything behind it. */
  readonly send: Send
  readonly keys: Keys
  readonly timers: Platform['timers']
  readonly timeoutMs: number
}

/** Between two looks at the buffer of the append-only file. */
const LOOK_EVERY_MS = 5

/**
 * Resolves when everything acknowledged before the call has reached a replica or the disk, as `DurableBy` says.
 *
 * `WAIT` and `WAITAOF` speak of the writes of their own connection, so a small write goes first: whatever was acknowledged on the others
 * lies before it. Callers of the same moment share one round, and those that come meanwhile the next.
 */
export function durableRounds({ send, keys, timers, timeoutMs }: DurableOptions) {
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null
  // Redis's own limit is shorter than the connection's, so that its answer comes before we give up on it.
  const limitMs = Math.max(1, Math.floor(timeoutMs / 2))

  return function durable(by: DurableBy): Promise<void> {
    if (by === 'acknowledged') return Promise.resolve()
    if (next) return next
    const start = () => {
      next = null
      const round = confirm(by).finally(() => {
        if (running === round) running = null
      })
      running = round
      return round
    }
    if (!running) return start()
    next = running.then(start, start)
    return next
  }

  async function confirm(by: Exclude<DurableBy, 'acknowledged'>) {
    if (by === 'written') return await bufferEmpty()
    await send(['INCR', keys.durableMark])
    if (by === 'wait') {
      const replicas = await send(['WAIT', '1', String(limitMs)])
      if (Number(replicas) < 1) throw new OutcomeUnknown(`no replica confirmed within ${limitMs} ms`)
    } else {
      const reply = await send(['WAITAOF', '1', '0', String(limitMs)])
      if (!Array.isArray(reply) || Number(reply[0]) < 1) throw new OutcomeUnknown(`no fsync within ${limitMs} ms`)
    }
  }

  /** Redis writes the buffer in order and whole, so once it is empty all that was acknowledged before is with the kernel. */
  async function bufferEmpty() {
    for (let waitedMs = 0; waitedMs <= limitMs; waitedMs += LOOK_EVERY_MS) {
      if (field(String(await send(['INFO', 'persistence'])), 'aof_buffer_length') === '0') return
      await sleep(timers, LOOK_EVERY_MS)
    }
    throw new OutcomeUnknown(`Redis did not write its append-only file within ${limitMs} ms`)
  }
}
