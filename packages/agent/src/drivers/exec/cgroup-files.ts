import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { type Platform, sleep } from '@quarterdeck/platform'

const emptyWaitMs = 10
const removeTriesMax = 1_000

/** The number in a file of the kernel; null when there is none, or it says `max`. */
export async function readNumber(file: string): Promise<number | null> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const value = Number.parseInt(text, 10)
  return Number.isFinite(value) ? value : null
}

/** The value of a line such as `oom_kill 1`. */
export async function readField(file: string, field: string): Promise<number | null> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${field} `))
  return line ? Number(line.slice(field.length + 1)) : null
}

export async function readPids(file: string): Promise<number[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.split('\n').filter(Boolean).map(Number)
}

export async function write(file: string, value: string | number): Promise<void> {
  await writeFile(file, String(value))
}

export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
}

/** Names of the groups in a folder. */
export async function listGroups(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

/** A group whose last process is not yet reaped is busy for a moment. */
export async function removeGroup(folder: string, platform: Platform): Promise<void> {
  for (let tries = 0; tries < removeTriesMax; tries++) {
    try {
      await rmdir(folder)
      return
    } catch (cause) {
      if (!isBusy(cause)) return
      await sleep(platform.timers, emptyWaitMs)
    }
  }
  platform.log.warn('A cgroup stays busy and is left behind', { folder })
}

/** Repeats `act` until `isDone`, ever more slowly. Without an end: who waits for a kill must not hear of it before it is true. */
export async function until(
  platform: Platform,
  isDone: () => Promise<boolean>,
  act: () => Promise<void>,
): Promise<void> {
  for (let waitMs = emptyWaitMs; !(await isDone()); waitMs = Math.min(1_000, waitMs * 1.2)) {
    await act()
    await sleep(platform.timers, waitMs)
  }
}

function isBusy(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EBUSY'
}

/** Sends a signal; whether the process is still there does not matter. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // Gone already.
  }
}
