import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** Linux counts in hundredths of a second for programs, whatever the kernel's own tick is. */
const MS_PER_TICK = 10

/** CPU time that a process has used, its ended children included, milliseconds; 0 once it is gone. */
export function cpuMsOf(pid: number): number {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return 0
  }
  // The second field is the name in parentheses, which may hold spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [user, system, userOfChildren, systemOfChildren] = fields.slice(11, 15).map(Number)
  return ((user ?? 0) + (system ?? 0) + (userOfChildren ?? 0) + (systemOfChildren ?? 0)) * MS_PER_TICK
}

export function cpuMsOfAll(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuMsOf(pid), 0)
}

/** CPU time of this process, milliseconds. */
export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

export function machine(): string {
  const model = /model name\s*:\s*(.+)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown CPU'
  return `${availableParallelism()} × ${model}, Node ${process.versions.node}`
}
