import type { Platform } from '@quarterdeck/platform'
import type { Subscription } from '@quarterdeck/store'
import { type Link, type LinkClient, type LinkOptions, openLink } from './link/open-link.ts'

/** Channels that this store listens to on a connection of their own, for as long as they are wanted. */
export type Subscriptions = {
  /** Resolves once Redis counts us as a subscriber. */
  add(channel: string, listener: (message: string) => void): Promise<Subscription>
  close(): Promise<void>
}

type SubscriptionOptions = Omit<LinkOptions, 'purpose' | 'writes' | 'onUp'> & { readonly platform: Platform }

/** A connection that only listens would never notice that the other end is gone: so it asks. */
const PING_EVERY_MS = 1_000

export function openSubscriptions(options: SubscriptionOptions): Subscriptions {
  const channels = new Map<string, Set<(message: string) => void>>()
  let client: LinkClient | null = null
  const link: Link = openLink({
    ...options,
    purpose: 'subscriptions',
    writes: false,
    async onUp(connected) {
      client = connected
      for (const channel of channels.keys()) await connected.subscribe(channel, deliver)
    },
  })
  const ping = options.platform.timers.every(PING_EVERY_MS, () => {
    if (channels.size > 0) link.send(['PING']).catch(() => undefined)
  })

  return {
    async add(channel, listener) {
      // Makes sure that there is a connection; on a later one `onUp` subscribes.
      await link.send(['PING'])
      const listeners = channels.get(channel) ?? new Set()
      channels.set(channel, listeners)
      const own = (message: string) => listener(message)
      listeners.add(own)
      if (listeners.size === 1) await client?.subscribe(channel, deliver)
      return {
        cancel() {
          listeners.delete(own)
          if (listeners.size > 0 || channels.get(channel) !== listeners) return
          channels.delete(channel)
          if (client?.isReady) client.unsubscribe(channel, deliver).catch(() => undefined)
        },
      }
    },
    async close() {
      ping.cancel()
      await link.close()
    },
  }

  function deliver(message: string, channel: string) {
    for (const listener of [...(channels.get(channel) ?? [])]) listener(message)
  }
}
