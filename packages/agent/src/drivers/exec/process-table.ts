import { readdirSync, readFileSync } from 'node:fs'
import type { UsageNow } from '../../driver.ts'

/** USER_HZ, which is 100 on every architecture that Node runs on. */
const MS_PER_TICK = 10
const BYTES_PER_PAGE = 4_096

/** One process as the kernel shows it. `startTime` with the pid names it for ever: a pid alone is used again. */
export type ProcessEntry = {
  readonly pid: number
  readonly parentPid: number
  readonly groupId: number
  readonly sessionId: number
  readonly state: string
  readonly startTime: string
}

/** Null when there is no such process, or this machine has no /proc. */
export function readProcess(pid: number): ProcessEntry | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name stands in brackets and may itself hold brackets and spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      pid,
      state: fields[0] ?? '',
      parentPid: Number(fields[1]),
      groupId: Number(fields[2]),
      sessionId: Number(fields[3]),
      startTime: fields[19] ?? '',
    }
  } catch {
    return null
  }
}

/** CPU time of the process and of the children that it has waited for, and the memory that it holds; null when it is gone. */
export function readUsage(pid: number): UsageNow | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0)
    return { cpuMs: ticks * MS_PER_TICK, memoryBytes: Number(fields[21]) * BYTES_PER_PAGE }
  } catch {
    return null
  }
}

export function isAlive(pid: number, startTime: string): boolean {
  const found = readProcess(pid)
  return found !== null && found.startTime === startTime && found.state !== 'Z'
}

export function listProcesses(): ProcessEntry[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => readProcess(Number(name)) ?? [])
  } catch {
    return []
  }
}

/** Whether the process was started with all of these variables: children inherit them, wherever they flee to. */
export function hasEnvironment(pid: number, variables: readonly string[]): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
    return variables.every((variable) => environment.includes(variable))
  } catch {
    return false
  }
}

/** Changes at every start of the machine: pids of another boot mean nothing. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
