import type { Platform } from '@quarterdeck/platform'
import { type Hello, HISTORY_JUMP, historyMeta, type Subscription } from '@quarterdeck/store'
import type { Keys } from './keys.ts'
import type { Send } from './link/send.ts'
import { hello } from './scripts/hello.ts'

export type Greeting = Awaited<ReturnType<typeof hello>>

/** Which history the connections of this store have found, and which one its user has been told. */
export type HistoryWatch = {
  /** Found by the newest connection; empty before the first. */
  readonly current: string
  /** Told by the last `hello` of the user. */
  known: string
  /** Whether a history began on one of our connections since the user was told last. */
  begun: boolean
  /** Runs first on each new connection, and for the user's `hello`. */
  greet(send: Send): Promise<Greeting>
  onChange(listener: (greeting: Greeting) => void): Subscription
}

export function watchHistory(keys: Keys, { ids, clock }: Platform): HistoryWatch {
  const listeners = new Set<(greeting: Greeting) => void>()
  let current = ''

  const watch: HistoryWatch = {
    get current() {
      return current
    },
    known: '',
    begun: false,
    async greet(send) {
      const meta = JSON.stringify(historyMeta(clock.unixMs()))
      const greeting = await hello(send, keys, { freshId: ids.nonce(), meta, jump: HISTORY_JUMP })
      if (greeting.begun) watch.begun = true
      const isOther = current !== '' && current !== greeting.historyId
      current = greeting.historyId
      if (isOther) for (const listener of [...listeners]) listener(greeting)
      return greeting
    },
    onChange(listener) {
      const own = (greeting: Greeting) => listener(greeting)
      listeners.add(own)
      return { cancel: () => void listeners.delete(own) }
    },
  }
  return watch
}

export function describe(
  greeting: Greeting,
  rest: Pick<Hello, 'changed' | 'version' | 'durability' | 'warnings'>,
): Hello {
  const { historyId, revision, empty } = greeting
  return { historyId, revision, empty, ...rest }
}
