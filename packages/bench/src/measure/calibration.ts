import { createHash } from 'node:crypto'

const block = Buffer.alloc(1 << 20, 7)
const BLOCKS = 24

/** Milliseconds that a fixed piece of work takes now: how fast this machine is at this moment. The best of three, against single stalls. */
export function calibrate(): number {
  return Math.min(...[1, 2, 3].map(timeFixedWork))
}

function timeFixedWork(): number {
  const startedAt = performance.now()
  const hash = createHash('sha256')
  for (let count = 0; count < BLOCKS; count++) hash.update(block)
  hash.digest()
  return performance.now() - startedAt
}

/** A run is thrown away when the machine became this much faster or slower while it lasted. Written down before any run. */
export const DRIFT_MAX = 1.5

export function hasDrifted(before: number, after: number): boolean {
  return Math.max(before, after) / Math.min(before, after) > DRIFT_MAX
}
