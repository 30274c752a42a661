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

/** States of nodes that are told apart; beyond them all is forgotten and found again. */
const STATES_KEPT_MAX = 100_000

type FragmentScore = { readonly score: number; readonly numbers: readonly number[] }

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
  /** Scores of one shape by the state of a node; NaN where none is known. */
  readonly #books = new Map<string, Float64Array>()
  readonly #states = new Map<string, number>()
  /** By state: what is wasted of a node as it is. */
  readonly #wasteOfState: number[] = []
  /** By node index: its state, and the stamp of its accounts for which that holds. */
  #stampOfState = new Float64Array(0)
  #stateByIndex = new Int32Array(0)
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
    this.#forgetStates()
  }

  /**
   * A function that scores nodes for this need: how much more is wasted than before, thousandths of a GPU, negative when the task fills a
   * gap. What one call finds serves all nodes in the same state, and all later calls for the same need.
   */
  scorer(accounts: Accounts, need: Resources): (index: number) => number {
    const length = accounts.stamp.length
    if (this.#stampOfState.length < length) {
      this.#stampOfState = grown(this.#stampOfState, length)
      const states = new Int32Array(length)
      states.set(this.#stateByIndex)
      this.#stateByIndex = states
    }
    const key = shapeKey(need)
    let book = this.#bookOf(key)
    return (index) => {
      const state = this.#stateOf(accounts, index)
      if (state >= book.length) book = this.#bookOf(key)
      const known = book[state] ?? Number.NaN
      if (!Number.isNaN(known)) return known
      const { score } = this.#compute(accounts, index, state, need)
      book[state] = score
      return score
    }
  }

  /** The devices of this very node that the task would take for its score. */
  devicesFor(accounts: Accounts, index: number, need: Resources): readonly number[] {
    return need.gpu ? this.#compute(accounts, index, this.#stateOf(accounts, index), need).numbers : noDevice
  }

  #compute(accounts: Accounts, index: number, state: number, need: Resources): FragmentScore {
    const before = this.#wasteOfState[state] ?? 0
    let best: FragmentScore | null = null
    for (const numbers of waysToTake(accounts.devices.at(index), need.gpu)) {
      const { cpuMillis, memoryBytes, gpu } = need
      const taken = { cpuMillis, memoryBytes, numbers, shareMillis: gpu?.shareMillis ?? 0 }
      const score = this.#wasteOf(roomOf(accounts, index, taken)) - before
      if (!best || score < best.score) best = { score, numbers }
    }
    return best ?? { score: Number.POSITIVE_INFINITY, numbers: noDevice }
  }

  /** A number for what is free on a node, devices told apart by model and amount only. Nodes of one state score alike. */
  #stateOf(accounts: Accounts, index: number): number {
    const stamp = accounts.stamp[index] ?? 0
    if (this.#stampOfState[index] === stamp) return this.#stateByIndex[index] ?? 0
    if (this.#states.size >= STATES_KEPT_MAX) this.#forgetStates()
    const room = roomOf(accounts, index)
    const key = stateKey(room, accounts.memoryBytesFree[index] ?? 0)
    let state = this.#states.get(key)
    if (state === undefined) {
      state = this.#states.size
      this.#states.set(key, state)
      this.#wasteOfState[state] = this.#wasteOf(room)
    }
    this.#stampOfState[index] = stamp
    this.#stateByIndex[index] = state
    return state
  }

  #forgetStates(): void {
    this.#books.clear()
    this.#states.clear()
    this.#wasteOfState.length = 0
    this.#stampOfState.fill(Number.NaN)
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

  /** With room for every state that is known, and some more. */
  #bookOf(key: string): Float64Array {
    const known = this.#books.get(key)
    if (known && known.length > this.#states.size) return known
    const book = grown(known ?? new Float64Array(0), 2 * this.#states.size + 16)
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

function stateKey(
  { models, gpuMillis, cpuMillis, cpuMillisTotal, memoryBytesTotal }: Room,
  memoryBytesFree: number,
): string {
  return `${models.join(' ')}/${gpuMillis.join(' ')}/${cpuMillis}/${cpuMillisTotal}/${memoryBytesFree}/${memoryBytesTotal}`
}

/** A longer copy, NaN where there was nothing. */
function grown(array: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const next = new Float64Array(length).fill(Number.NaN)
  next.set(array)
  return next
}
