import type { Platform } from '@quarterdeck/platform'
import { OutcomeUnknown, StoreAway, within } from '@quarterdeck/store'
import { ClientClosedError, ClientOfflineError, createClient, ErrorReply, type RedisClientOptions } from 'redis'
import type { Send, SendOptions } from './send.ts'
import { isWrongServer, translateError } from './translate-error.ts'

export type LinkClient = ReturnType<typeof connectable>

/** One connection for one purpose. It comes back by itself for as long as it is not closed. */
export type Link = {
  readonly send: Send
  close(): Promise<void>
}

export type LinkOptions = {
  readonly purpose: string
  readonly client: RedisClientOptions
  readonly platform: Platform
  /** Longest wait for a reply, and for a connection. */
  readonly timeoutMs: number
  /** Whether a command without a reply may have changed something. */
  readonly writes: boolean
  /** Runs first on each new connection; the link is not used before it resolves. */
  readonly greet: (send: Send) => Promise<void>
  /** Links of one store. When one gets through, the others need not wait for their next try. */
  readonly siblings: Set<() => void>
  /** Told after the greeting of each new connection. */
  readonly onUp?: (client: LinkClient) => Promise<void>
}

const RETRY_MS_MIN = 50
const RETRY_MS_MAX = 1_000

/**
 * The client's own reconnecting, queueing and resending are off: a command that was sent once must never be sent again by itself, and
 * no command may reach a new connection before its greeting. A command without a reply in time takes its connection down with it, so
 * that a late reply can never be taken for another's.
 */
export function openLink(options: LinkOptions): Link {
  const { purpose, platform, timeoutMs, writes, greet, siblings, onUp } = options
  const { timers } = platform
  const log = platform.log.with({ connection: purpose })
  let up: LinkClient | null = null
  let attempt: Promise<LinkClient> | null = null
  let failures = 0
  let isClosed = false

  const tryAgain = () => {
    if (!isClosed && !up && !attempt && failures > 0) connect().catch(() => undefined)
  }
  siblings.add(tryAgain)

  return {
    async send(command, overrides) {
      const client = up ?? (await current())
      return await sendOn(client, command, { timeoutMs, writes, ...overrides })
    },
    async close() {
      isClosed = true
      siblings.delete(tryAgain)
      const client = up ?? (await attempt?.catch(() => null))
      up = null
      if (client?.isOpen) client.destroy()
    },
  }

  /** The connection that is being made; while waiting to try again there is none. */
  function current(): Promise<LinkClient> {
    if (isClosed) return Promise.reject(new StoreAway('this store is closed'))
    if (attempt) return attempt
    if (failures > 0) return Promise.reject(new StoreAway('Redis cannot be reached'))
    return connect()
  }

  function connect(): Promise<LinkClient> {
    const trying = dial()
    attempt = trying
    trying.then(
      (client) => {
        attempt = null
        if (failures > 0) log.info('connected to Redis again')
        failures = 0
        // Closed meanwhile by us: `close` waits for this attempt and ends it.
        if (isClosed) return
        if (client.isOpen) {
          up = client
          for (const tryNow of siblings) tryNow()
        } else retry(new StoreAway('the connection closed at once'))
      },
      (error) => {
        attempt = null
        retry(error)
      },
    )
    return trying
  }

  async function dial(): Promise<LinkClient> {
    const client = connectable(options.client, timeoutMs)
    client.on('error', (error) => lose(client, error))
    client.on('end', () => lose(client, new StoreAway('the connection closed')))
    try {
      const tooLate = () => new StoreAway(`no connection to Redis within ${timeoutMs} ms`)
      await within(timers, client.connect(), timeoutMs, tooLate)
      await greet((command) => sendOn(client, command, { timeoutMs, writes: true }))
      if (onUp) await within(timers, onUp(client), timeoutMs, tooLate)
      return client
    } catch (error) {
      if (client.isOpen) client.destroy()
      throw asAway(error)
    }
  }

  function lose(client: LinkClient, error: unknown) {
    if (client !== up) return
    up = null
    if (client.isOpen) client.destroy()
    retry(error)
  }

  function retry(error: unknown) {
    if (isClosed) return
    failures += 1
    if (failures === 1) log.warn('the connection to Redis is lost', { error: String(error) })
    const ceilingMs = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** Math.min(failures, 10))
    timers.after(RETRY_MS_MIN / 2 + platform.random.next() * ceilingMs, tryAgain)
  }

  async function sendOn(
    client: LinkClient,
    command: readonly string[],
    options: Required<SendOptions>,
  ): Promise<unknown> {
    if (!client.isReady) throw new StoreAway('the connection to Redis is down')
    const unanswered = (because: string) => (options.writes ? new OutcomeUnknown(because) : new StoreAway(because))
    try {
      return await within(timers, client.sendCommand([...command]), options.timeoutMs, () => {
        const error = unanswered(`Redis did not answer within ${options.timeoutMs} ms`)
        lose(client, error)
        return error
      })
    } catch (error) {
      if (isWrongServer(error)) lose(client, error)
      if (error instanceof ErrorReply) throw translateError(error)
      if (error instanceof StoreAway || error instanceof OutcomeUnknown) throw error
      // These two say that the command never left.
      if (error instanceof ClientClosedError || error instanceof ClientOfflineError) throw asAway(error)
      throw unanswered(`the connection to Redis broke before the reply: ${error}`)
    }
  }
}

function connectable(options: RedisClientOptions, timeoutMs: number) {
  return createClient({
    ...options,
    RESP: 3,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    socket: { ...options.socket, connectTimeout: timeoutMs, reconnectStrategy: false },
  })
}

/** A failed greeting is certain to have left no write of the caller behind. A refused configuration keeps its own name. */
function asAway(error: unknown): unknown {
  if (error instanceof OutcomeUnknown) return new StoreAway(error.message, { cause: error })
  if (error instanceof ErrorReply || error instanceof StoreAway) return translateError(error)
  return new StoreAway(`Redis cannot be reached: ${error instanceof Error ? error.message : error}`, { cause: error })
}
