import type { Hello } from '@quarterdeck/store'
import { ErrorReply } from 'redis'
import { z } from 'zod'
import type { Send } from './link/send.ts'

/** How this Redis is set up, as far as it decides what can be lost. */
export type Configuration = {
  readonly version: string
  readonly durability: Hello['durability']
  readonly durableBy: DurableBy
  /** Reasons not to run on it at all, as sentences. */
  readonly dangers: readonly string[]
  readonly warnings: readonly string[]
}

/**
 * How `durable` gets there. `wait`: a replica confirms. `waitaof`: Redis says that it is synced. `written`: Redis's own buffer of the
 * append-only file is empty, for with `everysec` Redis may hold an acknowledged write back for up to two seconds while an fsync is on its
 * way, and a kill -9 then loses it. `acknowledged`: nothing to wait for, an acknowledged write is as safe as it will be.
 */
export type DurableBy = 'wait' | 'waitaof' | 'written' | 'acknowledged'

const configSchema = z.object({ 'maxmemory-policy': z.string(), appendonly: z.string(), appendfsync: z.string() })

/** Asks for the settings that matter. A Redis that does not tell (managed services) is judged by what INFO says. */
export async function readConfiguration(send: Send, info: string): Promise<Configuration> {
  let config: z.infer<typeof configSchema> | null = null
  try {
    config = configSchema.parse(await send(['CONFIG', 'GET', 'maxmemory-policy', 'appendonly', 'appendfsync']))
  } catch (error) {
    // Not allowed, or not all of it told. Anything else (no answer) is the caller's to know.
    if (!(error instanceof ErrorReply || error instanceof z.ZodError || isForbidden(error))) throw error
  }
  return judge(info, config)
}

export function judge(info: string, config: z.infer<typeof configSchema> | null): Configuration {
  const version = field(info, 'redis_version') ?? '0'
  const replicas = Number(field(info, 'connected_slaves') ?? 0)
  const dangers: string[] = []
  const warnings: string[] = []

  if (!isAtLeast(version, 7, 0))
    dangers.push(`Redis ${version} is too old: 7.0 is the oldest that refuses scripts safely`)
  if (!config) {
    warnings.push('Redis does not tell its configuration: make sure that it is persistent and evicts nothing')
  } else {
    if (config['maxmemory-policy'] !== 'noeviction') {
      dangers.push(
        `maxmemory-policy is ${config['maxmemory-policy']}: Redis may throw cluster state away; set noeviction`,
      )
    }
    if (config.appendonly !== 'yes')
      dangers.push('appendonly is off: a restart of Redis loses the cluster; set it to yes')
    else if (config.appendfsync === 'no') warnings.push('appendfsync is no: a power cut loses up to half a minute')
  }

  const durableBy = howDurable(version, replicas, config)
  const isSynced = durableBy === 'waitaof' || (config?.appendonly === 'yes' && config.appendfsync === 'always')
  const durability = durableBy === 'wait' ? 'replica' : isSynced ? 'fsync' : 'written'
  return { version, durability, durableBy, dangers, warnings }
}

function howDurable(version: string, replicas: number, config: z.infer<typeof configSchema> | null): DurableBy {
  if (replicas > 0) return 'wait'
  if (config?.appendonly !== 'yes' || config.appendfsync === 'always') return 'acknowledged'
  if (isAtLeast(version, 7, 2)) return 'waitaof'
  return config.appendfsync === 'everysec' ? 'written' : 'acknowledged'
}

export function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [hasMajor = 0, hasMinor = 0] = version.split('.').map(Number)
  return hasMajor > major || (hasMajor === major && hasMinor >= minor)
}

function isForbidden(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof ErrorReply && error.cause.message.startsWith('NOPERM')
}
