import type { Resources } from '@quarterdeck/domain'

/** Kinds of need that are told apart; beyond them new ones are not counted, the common ones are long known by then. */
const SHAPES_MAX = 1_000

export type TaskShape = { readonly resources: Resources; readonly count: number }

/**
 * Which needs come how often, counted over every task that the cluster remembers: waiting, running, and ended but not yet forgotten.
 * Counted from stored tasks, so that a new leader comes to the same numbers.
 */
export class Workload {
  readonly #shapes = new Map<string, { readonly resources: Resources; count: number }>()
  #size = 0
  #changes = 0

  /** How many tasks are counted. */
  get size(): number {
    return this.#size
  }

  /** How many tasks came or went since the beginning. */
  get changes(): number {
    return this.#changes
  }

  add(resources: Resources): void {
    const key = shapeKey(resources)
    const known = this.#shapes.get(key)
    if (!known && this.#shapes.size >= SHAPES_MAX) return
    this.#shapes.set(key, { resources, count: (known?.count ?? 0) + 1 })
    this.#size += 1
    this.#changes += 1
  }

  remove(resources: Resources): void {
    const key = shapeKey(resources)
    const known = this.#shapes.get(key)
    if (!known) return
    if (known.count > 1) known.count -= 1
    else this.#shapes.delete(key)
    this.#size -= 1
    this.#changes += 1
  }

  /** In an order that depends on the counts only, not on who came first. */
  shapes(): TaskShape[] {
    return [...this.#shapes].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, shape]) => shape)
  }
}

/** Needs with equal keys are one shape. */
export function shapeKey({ cpuMillis, memoryBytes, gpu }: Resources): string {
  return gpu
    ? `${cpuMillis}/${memoryBytes}/${gpu.count}x${gpu.shareMillis}/${gpu.models.join('|')}`
    : `${cpuMillis}/${memoryBytes}`
}
