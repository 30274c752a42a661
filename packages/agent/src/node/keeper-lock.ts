import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isAlive, readProcess } from '../drivers/exec/process-table.ts'
import { readJsonFile } from './json-file.ts'

type Holder = { readonly pid: number; readonly startTime: string }

/** The keeper that serves a data folder now; null when none does. */
export function keeperOf(dataFolder: string): number | null {
  const holder = readJsonFile(lockFile(dataFolder)) as Holder | null
  return holder && isAlive(holder.pid, holder.startTime) ? holder.pid : null
}

/** Two keepers on one journal would run everything twice. Throws a sentence when one is there already. */
export function lockDataFolder(dataFolder: string): () => void {
  const holder = keeperOf(dataFolder)
  if (holder !== null)
    throw new Error(`QD_DATA_DIR: ${dataFolder} is in use by another agent (keeper process ${holder})`)
  const own: Holder = { pid: process.pid, startTime: readProcess(process.pid)?.startTime ?? '' }
  writeFileSync(lockFile(dataFolder), JSON.stringify(own), { mode: 0o600 })
  return () => rmSync(lockFile(dataFolder), { force: true })
}

function lockFile(dataFolder: string): string {
  return path.join(dataFolder, 'keeper.json')
}
