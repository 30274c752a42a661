import { AsyncLocalStorage } from 'node:async_hooks'
import { pathToFileURL } from 'node:url'
import { format } from 'node:util'
import { limits } from '@quarterdeck/domain'
import type { Json } from '../../driver.ts'
import { BatchChannel } from '../../node/batch-channel.ts'
import { collectHandlers, type Handler, type HandlerContext } from './handlers.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

/**
 * The process in which handlers run: many at once, on its one thread. It is apart from keeper and agent, so that a handler which blocks
 * or crashes takes down its neighbours here and nothing else.
 */
export async function runHandlerWorker(modulePath: string): Promise<void> {
  const running = new Map<string, AbortController>()
  const handlers = new Map<string, Handler>()
  const channel = new BatchChannel<FromWorker, ToWorker>(process, (message) => {
    if (message.kind === 'run') void run(message)
    else running.get(message.key)?.abort(new Error('The task was asked to stop.'))
  })
  // Without a keeper nobody takes the results.
  process.once('disconnect', () => process.exit(0))

  attributeConsole(sendLog)
  try {
    const loaded: unknown = await import(pathToFileURL(modulePath).href)
    for (const [name, handler] of collectHandlers(loaded)) handlers.set(name, handler)
    channel.send({ kind: 'ready', handlers: [...handlers.keys()] })
  } catch (cause) {
    channel.send({ kind: 'unusable', because: `${modulePath} cannot be loaded: ${describe(cause)}` })
    setImmediate(() => setImmediate(() => process.disconnect()))
  }

  async function run(order: Extract<ToWorker, { kind: 'run' }>): Promise<void> {
    const { key, taskId, attempt, name, input, shard } = order
    const handler = handlers.get(name)
    if (!handler) return channel.send({ kind: 'failed', key, because: `There is no handler ${name} in ${modulePath}.` })
    const abort = new AbortController()
    running.set(key, abort)
    try {
      const ports = Object.fromEntries(order.ports.map((each) => [each.name, each.port]))
      const context = contextOf({ key, taskId, attempt, shard, ports, signal: abort.signal })
      channel.send(await current.run(key, () => answer(key, handler, input, context)))
    } catch (cause) {
      channel.send({ kind: 'failed', key, because: describe(cause) })
    } finally {
      running.delete(key)
    }
  }

  function contextOf({
    key,
    taskId,
    attempt,
    shard,
    ports,
    signal,
  }: Omit<HandlerContext, 'progress' | 'log'> & { readonly key: string }): HandlerContext {
    return {
      taskId,
      attempt,
      shard,
      ports,
      signal,
      progress: (share, text = '') =>
        channel.send({ kind: 'progress', key, share: clampShare(share), text: String(text) }),
      log: (text) => sendLog(key, 'stdout', String(text)),
    }
  }

  function sendLog(key: string, stream: 'stdout' | 'stderr', text: string): void {
    channel.send({ kind: 'log', key, stream, text: `${text}\n` })
  }
}

/** Which attempt the code that runs right now belongs to, through all its awaits. */
const current = new AsyncLocalStorage<string>()

/** Lets `console.log` inside a handler write into the log of its task; outside of one it writes where it always did. */
function attributeConsole(write: (key: string, stream: 'stdout' | 'stderr', text: string) => void): void {
  const streams = { log: 'stdout', info: 'stdout', debug: 'stdout', warn: 'stderr', error: 'stderr' } as const
  for (const [method, stream] of Object.entries(streams)) {
    const original = console[method as keyof typeof streams].bind(console)
    console[method as keyof typeof streams] = (...values: unknown[]) => {
      const key = current.getStore()
      if (key === undefined) original(...values)
      else write(key, stream, format(...values))
    }
  }
}

async function answer(key: string, handler: Handler, input: Json, context: HandlerContext): Promise<FromWorker> {
  const value: unknown = (await handler(input, context)) ?? null
  const text = JSON.stringify(value)
  if (text === undefined) return { kind: 'failed', key, because: `It returned a ${typeof value}, which is not JSON.` }
  const bytes = Buffer.byteLength(text)
  if (bytes > limits.resultBytesMax)
    return { kind: 'failed', key, because: `It returned ${bytes} bytes; a result may have ${limits.resultBytesMax}.` }
  return { kind: 'done', key, value: value as Json }
}

function clampShare(share: number | null): number | null {
  return share === null || Number.isNaN(share) ? null : Math.min(1, Math.max(0, share))
}

function describe(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
}
