import type { GpuNeed, Resources } from '@quarterdeck/domain'
import type { TaskShape } from '../workload.ts'

/** Imagined futures, and how many tasks each brings. More of them cost time and gained nothing that could be measured. */
const FUTURES = 32
const ARRIVALS = 64

/** One imagined future: tasks in the order in which they come, and the least that any of them needs. */
export type Future = {
  readonly arrivals: readonly Arrival[]
  readonly cpuMillisMin: number
  readonly shareMillisMin: number
}

export type Arrival = {
  readonly cpuMillis: number
  readonly memoryBytes: number
  readonly gpu: GpuNeed | undefined
  readonly gpuMillis: number
}

/**
 * Draws futures from the shapes that are known, each shape as often as its share of the whole says, in an order that looks random.
 *
 * The same shapes give the same futures: the draw is systematic and the shuffle has its own fixed seed. A decision must not depend on
 * when it was asked for.
 */
export function sampleArrivals(shapes: readonly TaskShape[]): Future[] {
  const total = shapes.reduce((sum, { count }) => sum + count, 0)
  if (total === 0) return []
  const drawn: Arrival[] = []
  let reached = 0
  for (const { resources, count } of shapes) {
    reached += count
    const arrival = arrivalOf(resources)
    while (drawn.length < FUTURES * ARRIVALS && ((drawn.length + 0.5) / (FUTURES * ARRIVALS)) * total < reached) {
      drawn.push(arrival)
    }
  }
  shuffle(drawn)
  const cpuMillisMin = Math.min(...shapes.map(({ resources }) => resources.cpuMillis))
  const shareMillisMin = Math.min(...shapes.map(({ resources }) => resources.gpu?.shareMillis ?? 0))
  return Array.from({ length: FUTURES }, (_, future) => ({
    arrivals: drawn.slice(future * ARRIVALS, (future + 1) * ARRIVALS),
    cpuMillisMin,
    shareMillisMin,
  }))
}

function arrivalOf({ cpuMillis, memoryBytes, gpu }: Resources): Arrival {
  return { cpuMillis, memoryBytes, gpu, gpuMillis: gpu ? gpu.count * gpu.shareMillis : 0 }
}

/** Fisher-Yates, with the linear congruential generator of Numerical Recipes. */
function shuffle<Item>(shapes: Item[]): void {
  let state = 12_345
  for (let last = shapes.length - 1; last > 0; last--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const other = Math.floor((state / 2 ** 32) * (last + 1))
    const kept = shapes[last]
    const moved = shapes[other]
    if (kept === undefined || moved === undefined) continue
    shapes[last] = moved
    shapes[other] = kept
  }
}
