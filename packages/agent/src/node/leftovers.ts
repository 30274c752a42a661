import { writeFileSync } from 'node:fs'
import { type Platform, sleep } from '@quarterdeck/platform'
import { signal } from '../drivers/exec/cgroup-files.ts'
import { isAlive, readProcess } from '../drivers/exec/process-table.ts'
import { readJsonFile } from './json-file.ts'

type Noted = { readonly pid: number; readonly startTime: string }

/** Notes which helper processes are alive, so that the next keeper can end those that outlive this one. */
export function noteProcesses(file: string, pids: readonly number[]): void {
  const noted: Noted[] = pids.map((pid) => ({ pid, startTime: readProcess(pid)?.startTime ?? '' }))
  writeFileSync(file, JSON.stringify(noted), { mode: 0o600 })
}

/** Ends what an earlier keeper left, and settles when it is gone. A pid alone proves nothing: the start time must agree. */
export async function endLeftovers(file: string, how: NodeJS.Signals, platform: Platform): Promise<void> {
  const noted = (readJsonFile(file) ?? []) as readonly Noted[]
  for (const { pid, startTime } of noted) {
    if (isAlive(pid, startTime)) signal(pid, how)
    while (isAlive(pid, startTime)) await sleep(platform.timers, 20)
  }
}
