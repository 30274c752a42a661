import { readdirSync, readFileSync } from 'node:fs'

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
