import type { NodeLoad } from '@quarterdeck/domain'

/** Samples kept per node for the small trend line: one a second. */
export const TREND_LENGTH = 60
const GROWTH = 256
/** A node that a frame does not mention did not change; after this long without a mention it counts as not measured. */
const CARRIED_MS = 5_000
/** Marks "not measured" in the trend bytes; measured shares use 0..254. */
const NOT_MEASURED = 255

export type LoadReading = {
  readonly cpuShare: number
  readonly memoryShare: number
  readonly diskShare: number
  readonly networkBytesPerSecond: number
  readonly loadAverage1: number
  readonly tasksRunning: number
  /** Server's wall clock at which the last beat was heard. */
  readonly beatAtMs: number
}

/**
 * Measured load of every node, column by column: at 10,000 nodes one frame a second must not make 10,000 objects.
 * Slots are the server's numbers; they are mapped to dense indexes here because a slot number is never reused.
 */
export class LoadColumns {
  private readonly indexBySlot = new Map<number, number>()
  private readonly measured: number[] = []
  private cpu = new Float32Array(GROWTH)
  private memory = new Float32Array(GROWTH)
  private disk = new Float32Array(GROWTH)
  private network = new Float32Array(GROWTH)
  private average = new Float32Array(GROWTH)
  private tasks = new Uint32Array(GROWTH)
  private beatAt = new Float64Array(GROWTH)
  private mentionedAt = new Float64Array(GROWTH)
  private trends = new Uint8Array(GROWTH * TREND_LENGTH).fill(NOT_MEASURED)
  private trendAt = 0

  /** Takes one frame. Nodes it does not mention keep their values, and after a while get a gap in the trend. */
  apply(loads: readonly NodeLoad[], serverMs: number): void {
    const before = this.trendAt
    this.trendAt = (before + 1) % TREND_LENGTH
    for (let index = 0; index < this.measured.length; index++) {
      const isFresh = serverMs - (this.mentionedAt[index] ?? 0) <= CARRIED_MS
      const carried = this.trends[index * TREND_LENGTH + before] ?? NOT_MEASURED
      this.trends[index * TREND_LENGTH + this.trendAt] = isFresh ? carried : NOT_MEASURED
    }
    for (const load of loads) {
      const index = this.indexOf(load.slot)
      this.cpu[index] = load.cpuShare
      this.memory[index] = load.memoryShare
      this.disk[index] = load.diskShare
      this.network[index] = load.networkBytesPerSecond
      this.average[index] = load.loadAverage1
      this.tasks[index] = load.tasksRunning
      this.beatAt[index] = serverMs - load.beatAgeMs
      this.mentionedAt[index] = serverMs
      this.trends[index * TREND_LENGTH + this.trendAt] = Math.round(load.cpuShare * 254)
    }
  }

  read(slot: number): LoadReading | null {
    const index = this.indexBySlot.get(slot)
    if (index === undefined) return null
    return {
      cpuShare: this.cpu[index] ?? 0,
      memoryShare: this.memory[index] ?? 0,
      diskShare: this.disk[index] ?? 0,
      networkBytesPerSecond: this.network[index] ?? 0,
      loadAverage1: this.average[index] ?? 0,
      tasksRunning: this.tasks[index] ?? 0,
      beatAtMs: this.beatAt[index] ?? 0,
    }
  }

  /** Last minute of CPU shares, oldest first; null where nothing was heard. */
  trend(slot: number): (number | null)[] {
    const index = this.indexBySlot.get(slot)
    const values: (number | null)[] = []
    for (let step = 1; step <= TREND_LENGTH; step++) {
      const at = (this.trendAt + step) % TREND_LENGTH
      const value = index === undefined ? NOT_MEASURED : (this.trends[index * TREND_LENGTH + at] ?? NOT_MEASURED)
      values.push(value === NOT_MEASURED ? null : value / 254)
    }
    return values
  }

  private indexOf(slot: number): number {
    const known = this.indexBySlot.get(slot)
    if (known !== undefined) return known
    const index = this.measured.length
    if (index === this.cpu.length) this.grow()
    this.indexBySlot.set(slot, index)
    this.measured.push(slot)
    return index
  }

  private grow(): void {
    const length = this.cpu.length * 2
    this.cpu = widened(this.cpu, new Float32Array(length))
    this.memory = widened(this.memory, new Float32Array(length))
    this.disk = widened(this.disk, new Float32Array(length))
    this.network = widened(this.network, new Float32Array(length))
    this.average = widened(this.average, new Float32Array(length))
    this.tasks = widened(this.tasks, new Uint32Array(length))
    this.beatAt = widened(this.beatAt, new Float64Array(length))
    this.mentionedAt = widened(this.mentionedAt, new Float64Array(length))
    this.trends = widened(this.trends, new Uint8Array(length * TREND_LENGTH).fill(NOT_MEASURED))
  }
}

function widened<Column extends { set(from: ArrayLike<number>): void } & ArrayLike<number>>(
  from: Column,
  to: Column,
): Column {
  to.set(from)
  return to
}
