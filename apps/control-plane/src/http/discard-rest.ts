import type { IncomingMessage } from 'node:http'
import type { Timers } from '@quarterdeck/platform'

const BYTES_MAX = 64 * 1024 * 1024
const MS_MAX = 5_000

/**
 * Reads what is left of a refused body and forgets it, up to a bound: a client that is still sending would find its connection broken
 * instead of the answer that says why.
 */
export function discardRest(request: IncomingMessage, timers: Timers): Promise<void> {
  if (request.complete || request.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    let bytes = 0
    const timer = timers.after(MS_MAX, resolve)
    const done = () => {
      timer.cancel()
      resolve()
    }
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > BYTES_MAX) done()
    })
    for (const event of ['end', 'error', 'close'] as const) request.once(event, done)
    request.resume()
  })
}
