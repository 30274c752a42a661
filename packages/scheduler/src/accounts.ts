import { type Capacity, type GivenPort, type Resources, WHOLE_GPU_MILLIS } from '@quarterdeck/domain'
import { Devices } from './devices.ts'
import { Ports } from './ports.ts'

const CAPACITY_MIN = 16

/**
 * What each node has in total, what is still free of it, and how loaded it was measured: flat arrays by node index.
 *
 * Flat, because a plan looks at every node for every task; the inner loop then touches no objects. GPUs have their own account beside
 * these, because a share of one lives on one device.
 */
export class Accounts {
  cpuMillisTotal = new Float64Array(CAPACITY_MIN)
  memoryBytesTotal = new Float64Array(CAPACITY_MIN)
  taskSlotsTotal = new Float64Array(CAPACITY_MIN)

  /** Below zero when a node shrank, or re-announced tasks that were already counted elsewhere. */
  cpuMillisFree = new Float64Array(CAPACITY_MIN)
  memoryBytesFree = new Float64Array(CAPACITY_MIN)
  taskSlotsFree = new Float64Array(CAPACITY_MIN)

  /** Measured averages, shares 0..1; NaN = never measured. */
  cpuShareMeasured = new Float64Array(CAPACITY_MIN).fill(Number.NaN)
  memoryShareMeasured = new Float64Array(CAPACITY_MIN).fill(Number.NaN)

  devices = new Devices()
  ports = new Ports()

  /**
   * Changes whenever the free room of a node does, and is never the same again, in no fork either: what was computed of a node holds
   * for as long as its stamp does.
   */
  stamp = new Float64Array(CAPACITY_MIN)
  #lastStamp = { value: 0 }

  /** Makes room for `index`. */
  grow(index: number): void {
    const length = this.cpuMillisTotal.length
    if (index < length) return
    const nextLength = Math.max(index + 1, length * 2)
    this.cpuMillisTotal = grown(this.cpuMillisTotal, nextLength, 0)
    this.memoryBytesTotal = grown(this.memoryBytesTotal, nextLength, 0)
    this.taskSlotsTotal = grown(this.taskSlotsTotal, nextLength, 0)
    this.cpuMillisFree = grown(this.cpuMillisFree, nextLength, 0)
    this.memoryBytesFree = grown(this.memoryBytesFree, nextLength, 0)
    this.taskSlotsFree = grown(this.taskSlotsFree, nextLength, 0)
    this.stamp = grown(this.stamp, nextLength, 0)
    this.cpuShareMeasured = grown(this.cpuShareMeasured, nextLength, Number.NaN)
    this.memoryShareMeasured = grown(this.memoryShareMeasured, nextLength, Number.NaN)
  }

  /** Sets the total of a node and keeps what is reserved on it. */
  setCapacity(index: number, capacity: Capacity): void {
    add(this.cpuMillisFree, index, capacity.cpuMillis - at(this.cpuMillisTotal, index))
    add(this.memoryBytesFree, index, capacity.memoryBytes - at(this.memoryBytesTotal, index))
    add(this.taskSlotsFree, index, capacity.taskSlots - at(this.taskSlotsTotal, index))
    this.cpuMillisTotal[index] = capacity.cpuMillis
    this.memoryBytesTotal[index] = capacity.memoryBytes
    this.taskSlotsTotal[index] = capacity.taskSlots
    this.devices.setOffer(index, capacity.gpus ?? [])
    this.ports.setRange(index, capacity.ports ?? null)
    this.#changed(index)
  }

  reserve(index: number, resources: Resources, gpus: readonly number[] = [], ports: readonly GivenPort[] = []): void {
    add(this.cpuMillisFree, index, -resources.cpuMillis)
    add(this.memoryBytesFree, index, -resources.memoryBytes)
    add(this.taskSlotsFree, index, -1)
    this.devices.take(index, gpus, resources.gpu?.shareMillis ?? WHOLE_GPU_MILLIS)
    this.ports.take(index, ports, 1)
    this.#changed(index)
  }

  release(index: number, resources: Resources, gpus: readonly number[] = [], ports: readonly GivenPort[] = []): void {
    add(this.cpuMillisFree, index, resources.cpuMillis)
    add(this.memoryBytesFree, index, resources.memoryBytes)
    add(this.taskSlotsFree, index, 1)
    this.devices.take(index, gpus, -(resources.gpu?.shareMillis ?? WHOLE_GPU_MILLIS))
    this.ports.take(index, ports, -1)
    this.#changed(index)
  }

  setLoad(index: number, cpuShare: number | null, memoryShare: number | null): void {
    this.cpuShareMeasured[index] = cpuShare ?? Number.NaN
    this.memoryShareMeasured[index] = memoryShare ?? Number.NaN
  }

  /** The same accounts with their own free amounts: a plan reserves in them and leaves the originals alone. */
  fork(): Accounts {
    const copy = new Accounts()
    copy.cpuMillisTotal = this.cpuMillisTotal
    copy.memoryBytesTotal = this.memoryBytesTotal
    copy.taskSlotsTotal = this.taskSlotsTotal
    copy.cpuShareMeasured = this.cpuShareMeasured
    copy.memoryShareMeasured = this.memoryShareMeasured
    copy.cpuMillisFree = this.cpuMillisFree.slice()
    copy.memoryBytesFree = this.memoryBytesFree.slice()
    copy.taskSlotsFree = this.taskSlotsFree.slice()
    copy.stamp = this.stamp.slice()
    copy.devices = this.devices.fork()
    copy.ports = this.ports.fork()
    copy.#lastStamp = this.#lastStamp
    return copy
  }

  /** The same nodes with nothing taken of them. */
  emptied(): Accounts {
    const copy = this.fork()
    copy.cpuMillisFree = this.cpuMillisTotal.slice()
    copy.memoryBytesFree = this.memoryBytesTotal.slice()
    copy.taskSlotsFree = this.taskSlotsTotal.slice()
    copy.devices = this.devices.emptied()
    copy.ports = this.ports.emptied()
    return copy
  }

  #changed(index: number): void {
    this.#lastStamp.value += 1
    this.stamp[index] = this.#lastStamp.value
  }
}

/** Entry of a flat array; 0 outside it, which a caller with a valid index never sees. */
export function at(array: Float64Array, index: number): number {
  return array[index] ?? 0
}

function add(array: Float64Array, index: number, amount: number): void {
  array[index] = at(array, index) + amount
}

function grown(array: Float64Array, length: number, fill: number): Float64Array<ArrayBuffer> {
  const next = new Float64Array(length).fill(fill)
  next.set(array)
  return next
}
