import { type GpuNeed, type Resources, WHOLE_GPU_MILLIS } from '@quarterdeck/domain'
import type { Accounts } from '../accounts.ts'
import { allows, fitDevices, freeMillis, type NodeGpus } from '../devices.ts'
import { shapeKey, type Workload } from '../workload.ts'
import { type Room, roomOf } from './room.ts'
import { type Future, sampleArrivals } from './sample-arrivals.ts'
import { wasteOf } from './waste.ts'

/** The futures are drawn again when so large a part of the tasks they were drawn from has come or gone. */
const CHANGED_SHARE = 0.5
const CHANGED_MIN = 16
/** Rooms whose waste is kept, and shapes whose scores are. */
const ROOMS_KEPT_MAX = 200_000
const SHAPES_KEPT_MAX = 256

/** Scores of one shape by node index; each holds for as long as the node's stamp is the one noted. */
type Book = { readonly stamp: Float64Array; readonly score: Float64Array; readonly numbers: (readonly number[])[] }

export type FragmentScore = {
  /** How much more is wasted than before, thousandths of a GPU: negative when the task fills a gap. */
  readonly score: number
  /** The devices it would take. */
  readonly numbers: readonly number[]
}

const noDevice: readonly number[] = []

/**
 * What placing a task on a node would do to the room that later tasks need. Keeps what it computed: of a thousand nodes, one changed
 * since the last decision.
 */
export class Fragments {
  /** Tasks with and without GPUs have separate futures, so that a rare kind does not vanish among the other. */
  #gpuFutures: readonly Future[] = []
  #otherFutures: readonly Future[] = []
  #drawnAtChanges = Number.NEGATIVE_INFINITY
  #drawnFrom = 0
  readonly #wasteByRoom = new Map<number, number>()
  readonly #books = new Map<string, Book>()
  #stampOfWaste = new Float64Array(0)
  #wasteByIndex = new Float64Array(0)
  #computed = 0

  /** How many rooms were looked into since the beginning: what a decision costs. */
  get computed(): number {
    return this.#computed
  }

  /** Draws the futures anew when the workload has become another. */
  follow(workload: Workload): void {
    const changed = workload.changes - this.#drawnAtChanges
    if (changed < Math.max(CHANGED_MIN, CHANGED_SHARE * this.#drawnFrom)) return
    this.#drawnAtChanges = workload.changes
    this.#drawnFrom = workload.size
    const shapes = workload.shapes()
    this.#gpuFutures = sampleArrivals(shapes.filter(({ resources }) => resources.gpu))
    this.#otherFutures = sampleArrivals(shapes.filter(({ resources }) => !resources.gpu))
    this.#wasteByRoom.clear()
    this.#books.clear()
    this.#stampOfWaste = new Float64Array(0)
  }

  /** A function that scores nodes for this need; what one call finds serves all later calls for the same need. */
  scorer(accounts: Accounts, need: Resources): (index: number) => FragmentScore {
    const length = accounts.stamp.length
    const book = this.#bookOf(shapeKey(need), length)
    if (this.#stampOfWaste.length < length) {
      this.#stampOfWaste = grown(this.#stampOfWaste, length, Number.NaN)
      this.#wasteByIndex = grown(this.#wasteByIndex, length, 0)
    }
    return (index) => {
      const stamp = accounts.stamp[index] ?? 0
      if (book.stamp[index] !== stamp) {
        const { score, numbers } = this.#compute(accounts, index, stamp, need)
        book.stamp[index] = stamp
        book.score[index] = score
        book.numbers[index] = numbers
      }
      return { score: book.score[index] ?? 0, numbers: book.numbers[index] ?? noDevice }
    }
  }

  #compute(accounts: Accounts, index: number, stamp: number, need: Resources): FragmentScore {
    const before = this.#wasteNow(accounts, index, stamp)
    let best: FragmentScore | null = null
    for (const numbers of waysToTake(accounts.devices.at(index), need.gpu)) {
      const { cpuMillis, memoryBytes, gpu } = need
      const taken = { cpuMillis, memoryBytes, numbers, shareMillis: gpu?.shareMillis ?? 0 }
      const score = this.#wasteOf(roomOf(accounts, index, taken)) - before
      if (!best || score < best.score) best = { score, numbers }
    }
    return best ?? { score: Number.POSITIVE_INFINITY, numbers: noDevice }
  }

  #wasteNow(accounts: Accounts, index: number, stamp: number): number {
    if (this.#stampOfWaste[index] !== stamp) {
      this.#stampOfWaste[index] = stamp
      this.#wasteByIndex[index] = this.#wasteOf(roomOf(accounts, index))
    }
    return this.#wasteByIndex[index] ?? 0
  }

  #wasteOf(room: Room): number {
    const known = this.#wasteByRoom.get(room.key)
    if (known !== undefined) return known
    const waste = wasteOf(room, room.models.length > 0 ? this.#gpuFutures : this.#otherFutures)
    this.#computed += 1
    if (this.#wasteByRoom.size >= ROOMS_KEPT_MAX) this.#wasteByRoom.clear()
    this.#wasteByRoom.set(room.key, waste)
    return waste
  }

  #bookOf(key: string, length: number): Book {
    const known = this.#books.get(key)
    if (known && known.stamp.length >= length) return known
    const book = {
      stamp: grown(known?.stamp ?? new Float64Array(0), length, Number.NaN),
      score: grown(known?.score ?? new Float64Array(0), length, 0),
      numbers: known?.numbers ?? [],
    }
    const [oldest] = this.#books.keys()
    if (!known && this.#books.size >= SHAPES_KEPT_MAX && oldest !== undefined) this.#books.delete(oldest)
    this.#books.set(key, book)
    return book
  }
}

/** Every different choice of devices: for a share one device of each amount that is free, for whole ones the first. */
function waysToTake(gpus: NodeGpus, need: GpuNeed | undefined): (readonly number[])[] {
  if (!need) return [noDevice]
  if (need.shareMillis === WHOLE_GPU_MILLIS) {
    const numbers = fitDevices(gpus, need)
    return numbers ? [numbers] : []
  }
  const byAmount = new Map<string, readonly number[]>()
  for (const [number, model] of gpus.models.entries()) {
    const free = freeMillis(gpus, number)
    if (free >= need.shareMillis && allows(need, model)) byAmount.set(`${model} ${free}`, [number])
  }
  // The fullest first: of two ways that cost the same, the one that leaves the other device whole.
  return [...byAmount.values()].sort(([left = 0], [right = 0]) => freeMillis(gpus, left) - freeMillis(gpus, right))
}

function grown(array: Float64Array, length: number, fill: number): Float64Array<ArrayBuffer> {
  const next = new Float64Array(length).fill(fill)
  next.set(array)
  return next
}
