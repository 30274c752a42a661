'use client'

import { useSyncExternalStore } from 'react'

const SLOW_AFTER_MS = 3_000
const UNCONFIRMED_AFTER_MS = 10_000

/** What a person asked for and the cluster has not confirmed yet. The truth is never faked: this stands beside it until the answer. */
export type Intent = { readonly text: string; readonly phase: 'asked' | 'slow' | 'unconfirmed' }

const intents = new Map<string, Intent>()
const listeners = new Set<() => void>()

function change(keys: readonly string[], intent: Intent | null): void {
  for (const key of keys) {
    if (intent) intents.set(key, intent)
    else intents.delete(key)
  }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useIntent(key: string): Intent | undefined {
  return useSyncExternalStore(
    subscribe,
    () => intents.get(key),
    () => undefined,
  )
}

/** Shows `text` at each of `keys` (such as `node:web-1`) until `call` is answered. */
export async function whileAsking<Value>(
  keys: readonly string[],
  text: string,
  call: () => Promise<Value>,
): Promise<Value> {
  change(keys, { text: `${text}…`, phase: 'asked' })
  const slow = setTimeout(
    () => change(keys, { text: `${text}: still waiting for the leader (3 s)`, phase: 'slow' }),
    SLOW_AFTER_MS,
  )
  const lost = setTimeout(
    () => change(keys, { text: `${text}: not confirmed. It may still happen.`, phase: 'unconfirmed' }),
    UNCONFIRMED_AFTER_MS,
  )
  try {
    return await call()
  } finally {
    clearTimeout(slow)
    clearTimeout(lost)
    change(keys, null)
  }
}
