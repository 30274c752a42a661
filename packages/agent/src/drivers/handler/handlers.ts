import { handlerNameSchema, type Shard } from '@quarterdeck/domain'
import type { Json } from '../../driver.ts'

/** What a handler is told, and what it can say. The SDK's `defineHandlers` describes the same to those who write one. */
export type HandlerContext = {
  readonly taskId: string
  readonly attempt: number
  /** Its place in a broadcast; null when it is not part of one. */
  readonly shard: Shard | null
  /** The ports that it was given, by the names that the task asked for. */
  readonly ports: Readonly<Record<string, number>>
  /** Aborted when the task is to stop. After the task's grace the whole worker process is killed, with its other handlers. */
  readonly signal: AbortSignal
  /** Tells how far it is: a share of 0 to 1, or null when that is not known. Feeds the progress timeout. */
  readonly progress: (share: number | null, text?: string) => void
  readonly log: (text: string) => void
}

/** Returns a JSON value, or throws to fail the attempt. */
export type Handler = (input: Json, context: HandlerContext) => unknown

/**
 * The handlers of a loaded module: the functions in its export `handlers`, or in its default export, or else its exported functions
 * themselves. Throws a sentence when a name cannot be a handler's name or there are none.
 */
export function collectHandlers(loaded: unknown): Map<string, Handler> {
  const handlers = new Map<string, Handler>()
  for (const [name, handler] of Object.entries(sourceOf(loaded))) {
    if (typeof handler !== 'function' || name === 'default') continue
    const checked = handlerNameSchema.safeParse(name)
    if (!checked.success) throw new Error(`"${name}" ${checked.error.issues[0]?.message ?? 'is no name for a handler'}`)
    handlers.set(name, handler as Handler)
  }
  if (handlers.size === 0) throw new Error('it exports no functions')
  return handlers
}

function sourceOf(loaded: unknown): object {
  const record = asRecord(loaded) ?? {}
  return asRecord(record.handlers) ?? asRecord(record.default) ?? record
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
}
