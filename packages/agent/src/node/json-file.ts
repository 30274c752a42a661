import { readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'

/** The JSON of a file; null when there is no such file. Throws when it is there and cannot be used. */
export function readJsonFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null
    throw cause
  }
}

/** Writes a file whole or not at all, for its owner only, and waits until the disk has it. */
export async function writeJsonFile(file: string, value: unknown): Promise<void> {
  const next = `${file}.new`
  const handle = await open(next, 'w', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(value, null, 2)}\n`)
    await handle.datasync()
  } finally {
    await handle.close()
  }
  await rename(next, file)
}
