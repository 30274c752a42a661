import { OutcomeUnknown } from '@quarterdeck/store'
import type { Configuration } from './configuration.ts'
import type { Keys } from './keys.ts'
import type { Send } from './link/send.ts'

/**
 * Resolves when everything acknowledged before the call has reached a replica or the disk.
 *
 * `WAIT` and `WAITAOF` speak of the writes of their own connection, so a small write goes first: whatever was acknowledged on the others
 * lies before it. Callers of the same moment share one round, and those that come meanwhile the next.
 */
export function durableRounds(send: Send, keys: Keys, timeoutMs: number) {
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null

  return function durable(by: Configuration['durableBy']): Promise<void> {
    // An acknowledged write was handed to the kernel (everysec: survives kill -9 of Redis) or synced (always) before the reply.
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

  async function confirm(by: 'wait' | 'waitaof') {
    await send(['INCR', keys.durableMark])
    // Redis's own limit is shorter than the connection's, so that its answer comes before we give up on it.
    const limitMs = String(Math.max(1, Math.floor(timeoutMs / 2)))
    if (by === 'wait') {
      const replicas = await send(['WAIT', '1', limitMs])
      if (Number(replicas) < 1) throw new OutcomeUnknown(`no replica confirmed within ${limitMs} ms`)
    } else {
      const reply = await send(['WAITAOF', '1', '0', limitMs])
      if (!Array.isArray(reply) || Number(reply[0]) < 1) throw new OutcomeUnknown(`no fsync within ${limitMs} ms`)
    }
  }
}
