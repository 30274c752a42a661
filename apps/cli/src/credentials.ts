import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { UsageError } from './failure.ts'
import type { Io } from './io.ts'

const storedSchema = z.strictObject({
  urls: z.array(z.string()).min(1),
  token: z.string().optional(),
  /** Session of a person, `name=value`. */
  cookie: z.string().optional(),
  user: z.string().optional(),
})
export type Stored = z.infer<typeof storedSchema>

export type Access = { readonly urls: readonly string[]; readonly token?: string; readonly cookie?: string }

const DEFAULT_URL = 'http://127.0.0.1:7400'

/**
 * Where to call and what to show there: options, then QD_URL and QD_TOKEN, then what `qd auth login` stored. A stored secret is shown
 * only to the addresses it was stored with.
 */
export function findAccess(io: Io, given: { readonly url?: string; readonly token?: string }): Access {
  const stored = readStored(io)
  const named = given.url ?? (io.env.QD_URL || undefined)
  const urls = named?.split(',').map((url) => url.trim()) ?? stored?.urls ?? [DEFAULT_URL]
  const token = given.token ?? (io.env.QD_TOKEN || undefined)
  if (token !== undefined) return { urls, token }
  const isTheirs = stored && urls.every((url) => stored.urls.includes(url.replace(/\/+$/, '')))
  if (!isTheirs) return { urls }
  return {
    urls,
    ...(stored.token === undefined ? {} : { token: stored.token }),
    ...(stored.cookie === undefined ? {} : { cookie: stored.cookie }),
  }
}

export function configFile(io: Io): string {
  const base = io.env.XDG_CONFIG_HOME || path.join(io.env.HOME || homedir(), '.config')
  return path.join(base, 'quarterdeck', 'config.json')
}

export function readStored(io: Io): Stored | undefined {
  const file = configFile(io)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new UsageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  const parsed = storedSchema.safeParse(jsonOrNull(text))
  if (!parsed.success) throw new UsageError(`${file} is not what qd wrote. Delete it and sign in again`)
  return parsed.data
}

/** Readable by its owner alone, and never half-written. */
export function writeStored(io: Io, stored: Stored): string {
  const file = configFile(io)
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(stored, null, 2)}\n`, { mode: 0o600 })
  chmodSync(draft, 0o600)
  renameSync(draft, file)
  return file
}

export function forgetStored(io: Io): void {
  rmSync(configFile(io), { force: true })
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
