import { StoreAway, type Subscription, within } from '@quarterdeck/store'
import { type LinkClient, type LinkOptions, openLink } from './link/open-link.ts'

/** Channels that this store listens to on a connection of their own, for as long as they are wanted. */
export type Subscriptions = {
  /** Resolves once Redis counts us as a subscriber. */
  add(channel: string, listener: (message: string) => void): Promise<Subscription>
  close(): Promise<void>
}

type SubscriptionOptions = Omit<LinkOptions, 'purpose' | 'writes' | 'onUp'>

/** A connection that only listens would never notice that the other end is gone: so it asks. */
const PING_EVERY_MS = 1_000

export function openSubscriptions(options: SubscriptionOptions): Subscriptions {
  const { platform, timeoutMs } = options
  const channels = new Map<string, Set<(message: string) => void>>()
  let client: LinkClient | null = null
  const link = openLink({
    ...options,
    purpose: 'subscriptions',
    writes: false,
    async onUp(connected) {
      client = connected
      for (const channel of channels.keys()) await connected.subscribe(channel, deliver)
    },
  })
  const ping = platform.timers.every(PING_EVERY_MS, () => {
    if (channels.size > 0) link.send(['PING']).catch(() => undefined)
  })

  return {
    async add(channel, listener) {
      const listeners = channels.get(channel) ?? new Set()
      channels.set(channel, listeners)
      const own = (message: string) => listener(message)
      listeners.add(own)
      try {
        // Makes sure that there is a connection; a new one subscribes to everything in `channels` by itself.
        await link.send(['PING'])
        await subscribe(channel)
      } catch (error) {
        remove(channel, own)
        throw error
      }
      return { cancel: () => remove(channel, own) }
    },
    async close() {
      ping.cancel()
      await link.close()
    },
  }

  /** Asking for a channel that is subscribed already does nothing in Redis. */
  async function subscribe(channel: string) {
    if (!client?.isReady) throw new StoreAway('the connection to Redis is down')
    const subscribed = client.subscribe(channel, deliver).catch((error) => {
      throw new StoreAway(`not subscribed: ${error}`, { cause: error })
    })
    await within(platform.timers, subscribed, timeoutMs, () => new StoreAway(`no subscription within ${timeoutMs} ms`))
  }

  function remove(channel: string, listener: (message: string) => void) {
    const listeners = channels.get(channel)
    listeners?.delete(listener)
    if (!listeners || listeners.size > 0) return
    channels.delete(channel)
    if (client?.isReady) client.unsubscribe(channel, deliver).catch(() => undefined)
  }

  function deliver(message: string, channel: string) {
    for (const listener of [...(channels.get(channel) ?? [])]) listener(message)
  }
}
