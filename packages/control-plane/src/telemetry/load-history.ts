import type { LoadHistory, LoadSample, NodeId } from '@quarterdeck/domain'

/** One sample a second for 15 minutes. */
const STEP_MS = 1_000
const STEPS = 900

const columns = [
  'cpuShare',
  'memoryShare',
  'diskShare',
  'diskBytesPerSecond',
  'networkReceivedBytesPerSecond',
  'networkSentBytesPerSecond',
  'loadAverage1',
  'tasksRunning',
] as const
type Column = (typeof columns)[number]

/** The measured past of one node: a ring of seconds in one block of 29 kB that is allocated with the first sample. */
export type LoadRing = {
  /**
   * @param unixMs when the sample was measured
   * @param coversMs how far back it speaks for: rates are averages since the sample before, so the seconds between two beats are
   *   filled with the later one; seconds that no sample covers stay empty
   */
  add(load: LoadSample, unixMs: number, coversMs: number): void
  read(nodeId: NodeId, sinceMs: number): LoadHistory
}

export function createLoadRing(): LoadRing {
  const cells = new Float32Array(columns.length * STEPS).fill(Number.NaN)
  let firstStep = 0
  let lastStep = 0

  return {
    add(load, unixMs, coversMs) {
      const step = Math.floor(unixMs / STEP_MS)
      if (lastStep === 0) {
        firstStep = step
        lastStep = step - 1
      }
      // The wall clock was set back: the past that was written for later moments cannot be told apart from the future, so it stays.
      if (step < lastStep) return

      const coveredFrom = Math.floor((unixMs - coversMs) / STEP_MS) + 1
      const values = columnsOf(load)
      for (let at = Math.max(lastStep + 1, step - STEPS + 1); at <= step; at++) {
        const covered = at >= coveredFrom || at === step
        values.forEach((value, column) => {
          cells[column * STEPS + (at % STEPS)] = covered ? value : Number.NaN
        })
      }
      if (step === lastStep) {
        values.forEach((value, column) => {
          cells[column * STEPS + (step % STEPS)] = value
        })
      }
      lastStep = step
    },

    read(nodeId, sinceMs) {
      const from = Math.max(Math.ceil(sinceMs / STEP_MS), lastStep - STEPS + 1, firstStep)
      const atMs: number[] = []
      const out = Object.fromEntries(columns.map((name) => [name, []])) as unknown as Record<Column, (number | null)[]>
      for (let step = from; lastStep > 0 && step <= lastStep; step++) {
        atMs.push(step * STEP_MS)
        columns.forEach((name, column) => {
          const value = cells[column * STEPS + (step % STEPS)]
          out[name].push(value === undefined || Number.isNaN(value) ? null : value)
        })
      }
      return { nodeId, atMs, ...out }
    },
  }
}

/** In the order of `columns`; NaN where the machine does not tell. */
function columnsOf(load: LoadSample): readonly number[] {
  return [
    load.cpuShare,
    share(load.memoryBytesUsed, load.memoryBytesTotal),
    share(load.diskBytesUsed, load.diskBytesTotal),
    sum(load.diskReadBytesPerSecond, load.diskWriteBytesPerSecond),
    load.networkReceivedBytesPerSecond ?? Number.NaN,
    load.networkSentBytesPerSecond ?? Number.NaN,
    load.loadAverage[0],
    load.tasksRunning,
  ]
}

function share(used: number | null, total: number | null): number {
  return used === null || total === null || total <= 0 ? Number.NaN : used / total
}

function sum(left: number | null, right: number | null): number {
  return left === null && right === null ? Number.NaN : (left ?? 0) + (right ?? 0)
}
