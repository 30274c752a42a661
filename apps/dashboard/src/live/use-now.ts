'use client'

import { useSyncExternalStore } from 'react'
import { connection } from './page.ts'

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | null = null
let nowMs = 0

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  nowMs = connection.serverNowMs()
  timer ??= setInterval(() => {
    nowMs = connection.serverNowMs()
    for (const each of listeners) each()
  }, 1_000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0 || timer === null) return
    clearInterval(timer)
    timer = null
  }
}

/** The server's wall clock, once a second: one timer for the whole page. 0 until the page is mounted, so that files hold no time. */
export function useNow(): number {
  return useSyncExternalStore(
    subscribe,
    () => nowMs,
    () => 0,
  )
}
