import { type GpuNeed, WHOLE_GPU_MILLIS } from '@quarterdeck/domain'
import { allows } from '../devices.ts'
import { gpuMillisOf, type Room } from './room.ts'
import type { Future } from './sample-arrivals.ts'

/** Read once: this file is the inner loop of every decision. */
const WHOLE = WHOLE_GPU_MILLIS

/**
 * How much of a node would still be unused after the tasks of each future had come by and taken what fits them, on average.
 *
 * In thousandths of a GPU for a node that has some. For one without, in thousandths of the node: its CPU or memory, whichever is left
 * over more.
 */
export function wasteOf(room: Room, futures: readonly Future[]): number {
  if (futures.length === 0) return 0
  let sum = 0
  for (const future of futures) sum += room.models.length > 0 ? gpuLeft(room, future) : shareLeft(room, future)
  return sum / futures.length
}

function gpuLeft(room: Room, { arrivals, cpuMillisMin, shareMillisMin }: Future): number {
  const free = room.gpuMillis.slice()
  let { cpuMillis, memoryBytes } = room
  let left = gpuMillisOf(room)
  for (let at = 0; at < arrivals.length; at++) {
    if (left < shareMillisMin || cpuMillis < cpuMillisMin) break
    const arrival = arrivals[at]
    if (!arrival?.gpu || arrival.cpuMillis > cpuMillis || arrival.memoryBytes > memoryBytes) continue
    if (arrival.gpuMillis > left || !takeGpu(free, room.models, arrival.gpu)) continue
    cpuMillis -= arrival.cpuMillis
    memoryBytes -= arrival.memoryBytes
    left -= arrival.gpuMillis
  }
  return left
}

/** The fullest device that fits, as a task would be given. False when none does. */
function takeGpu(free: number[], models: readonly string[], need: GpuNeed): boolean {
  if (need.count > 1) return takeWhole(free, models, need)
  const { shareMillis } = need
  const anyModel = need.models.length === 0
  let best = -1
  let bestFree = Number.POSITIVE_INFINITY
  for (let number = 0; number < free.length; number++) {
    const amount = free[number] ?? 0
    if (amount < shareMillis || amount >= bestFree) continue
    if (!anyModel && !allows(need, models[number] ?? '')) continue
    best = number
    bestFree = amount
  }
  if (best < 0) return false
  free[best] = bestFree - shareMillis
  return true
}

function takeWhole(free: number[], models: readonly string[], need: GpuNeed): boolean {
  let whole = 0
  for (let number = 0; number < free.length; number++) {
    if (free[number] === WHOLE && allows(need, models[number] ?? '')) whole++
  }
  if (whole < need.count) return false
  let wanted = need.count
  for (let number = 0; number < free.length && wanted > 0; number++) {
    if (free[number] !== WHOLE || !allows(need, models[number] ?? '')) continue
    free[number] = 0
    wanted--
  }
  return true
}

function shareLeft(room: Room, { arrivals }: Future): number {
  let { cpuMillis, memoryBytes } = room
  for (const arrival of arrivals) {
    if (arrival.cpuMillis > cpuMillis || arrival.memoryBytes > memoryBytes) continue
    cpuMillis -= arrival.cpuMillis
    memoryBytes -= arrival.memoryBytes
  }
  return (
    WHOLE * Math.max(cpuMillis / Math.max(1, room.cpuMillisTotal), memoryBytes / Math.max(1, room.memoryBytesTotal))
  )
}
