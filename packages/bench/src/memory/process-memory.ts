import { readFileSync } from 'node:fs'

/** Memory of one process as the kernel counts it, in MB. */
export type ProcessMemory = {
  /** Pages in memory, those counted in full that other processes have mapped as well. */
  readonly rssMb: number
  /** Each shared page divided by the number of processes that have it mapped. */
  readonly pssMb: number
  /** Pages that only this process has: what its end would give back. */
  readonly ownMb: number
}

const KB_PER_MB = 1024

export function processMemory(pid: number): ProcessMemory {
  return parseRollup(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
}

/** Reads the text of `/proc/<pid>/smaps_rollup`. */
export function parseRollup(text: string): ProcessMemory {
  const mb = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) / KB_PER_MB
  return { rssMb: mb('Rss'), pssMb: mb('Pss'), ownMb: mb('Private_Clean') + mb('Private_Dirty') }
}

export function addMemory(left: ProcessMemory, right: ProcessMemory): ProcessMemory {
  return {
    rssMb: left.rssMb + right.rssMb,
    pssMb: left.pssMb + right.pssMb,
    ownMb: left.ownMb + right.ownMb,
  }
}
