import { type GpuNeed, type GpuOffer, WHOLE_GPU_MILLIS } from '@quarterdeck/domain'

/** The GPUs of one node: which model each is, and how much of it is taken, thousandths. Never changed in place. */
export type NodeGpus = {
  readonly models: readonly string[]
  /** By number; may be longer than `models` while a task holds a device that is gone. */
  readonly takenMillis: readonly number[]
}

/** Read once: these functions run for every node of every decision. */
const WHOLE = WHOLE_GPU_MILLIS

const none: NodeGpus = { models: [], takenMillis: [] }

/** The GPUs of every node by index. A share of a GPU lives on one device, so these cannot be one number like CPU and memory. */
export class Devices {
  #nodes: NodeGpus[]

  constructor(nodes: NodeGpus[] = []) {
    this.#nodes = nodes
  }

  at(index: number): NodeGpus {
    return this.#nodes[index] ?? none
  }

  /** Sets what a node has and keeps what is reserved. */
  setOffer(index: number, offer: readonly GpuOffer[]): void {
    const models = offer.flatMap(({ model, count }) => Array.from({ length: count }, () => model))
    if (models.length === 0 && this.#nodes[index] === undefined) return
    this.#nodes[index] = { models, takenMillis: this.at(index).takenMillis }
  }

  /** Takes `amount` thousandths of each of these devices; a negative amount gives them back. */
  take(index: number, numbers: readonly number[], amount: number): void {
    if (numbers.length === 0) return
    const { models, takenMillis } = this.at(index)
    const next = [...takenMillis]
    for (const number of numbers) {
      while (next.length <= number) next.push(0)
      next[number] = (next[number] ?? 0) + amount
    }
    this.#nodes[index] = { models, takenMillis: next }
  }

  emptied(): Devices {
    return new Devices(this.#nodes.map(({ models }) => ({ models, takenMillis: [] })))
  }

  fork(): Devices {
    return new Devices(this.#nodes.slice())
  }
}

/** Whether `fitDevices` would find some, without making a list. */
export function canFit({ models, takenMillis }: NodeGpus, need: GpuNeed): boolean {
  const anyModel = need.models.length === 0
  let left = need.count
  for (let number = 0; number < models.length; number++) {
    if (WHOLE - (takenMillis[number] ?? 0) < need.shareMillis) continue
    if (!anyModel && !allows(need, models[number] ?? '')) continue
    left--
    if (left === 0) return true
  }
  return false
}

export function freeMillis({ takenMillis }: NodeGpus, number: number): number {
  return WHOLE - (takenMillis[number] ?? 0)
}

export function allows({ models }: GpuNeed, model: string): boolean {
  return models.length === 0 || models.includes(model)
}

/**
 * The devices that this need would get: for a share the fullest that still has room, for whole ones the first that are free. Null when
 * the node has not enough.
 */
export function fitDevices(gpus: NodeGpus, need: GpuNeed): readonly number[] | null {
  if (need.shareMillis === WHOLE) {
    const free: number[] = []
    for (let number = 0; number < gpus.models.length && free.length < need.count; number++) {
      if (freeMillis(gpus, number) === WHOLE && allows(need, gpus.models[number] ?? '')) free.push(number)
    }
    return free.length === need.count ? free : null
  }
  let best = -1
  let bestFree = Number.POSITIVE_INFINITY
  for (let number = 0; number < gpus.models.length; number++) {
    const free = freeMillis(gpus, number)
    if (free >= need.shareMillis && free < bestFree && allows(need, gpus.models[number] ?? '')) {
      best = number
      bestFree = free
    }
  }
  return best < 0 ? null : [best]
}
