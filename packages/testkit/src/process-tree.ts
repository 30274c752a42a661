import { readdirSync, readFileSync } from 'node:fs'

export type ProcessInfo = {
  readonly pid: number
  readonly parentPid: number
  readonly command: string
  readonly state: string
}

/** Every process of this machine that /proc shows. */
export function allProcesses(): ProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        // The name in brackets may hold spaces; what follows it does not.
        const [state = '?', parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
        return { pid: Number(name), parentPid: Number(parent), command, state }
      } catch {
        // It ended while the list was read.
        return []
      }
    })
}

/** A process and everything below it, the process itself first. */
export function processTree(rootPid: number): ProcessInfo[] {
  const all = allProcesses()
  const found = all.filter(({ pid }) => pid === rootPid)
  for (let at = 0; at < found.length; at++) {
    const parent = found[at]?.pid
    found.push(...all.filter(({ parentPid, pid }) => parentPid === parent && !found.some((known) => known.pid === pid)))
  }
  return found
}

/** Whether a process exists and is not a zombie. */
export function isRunning(pid: number): boolean {
  return allProcesses().some((each) => each.pid === pid && each.state !== 'Z')
}
