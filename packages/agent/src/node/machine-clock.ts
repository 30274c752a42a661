import type { MonotonicMs } from '@quarterdeck/domain'

/**
 * Each process counts its monotonic time from its own start; the machine has one clock below both. These translate, so that the keeper
 * knows when the agent sent a beat however long the message about it lay in a pipe.
 */
export function toMachineMs(ofProcessMs: MonotonicMs): number {
  return ofProcessMs + startOfProcessMs()
}

export function fromMachineMs(ofMachineMs: number): MonotonicMs {
  return (ofMachineMs - startOfProcessMs()) as MonotonicMs
}

function startOfProcessMs(): number {
  return Number(process.hrtime.bigint()) / 1e6 - performance.now()
}
