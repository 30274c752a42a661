'use client'

import { type ReactNode, Suspense, useSyncExternalStore } from 'react'

type Opened = { readonly id: number; readonly render: (close: () => void) => ReactNode }

let opened: Opened | null = null
let nextId = 1
const listeners = new Set<() => void>()

function change(next: Opened | null): void {
  opened = next
  for (const listener of listeners) listener()
}

/** Opens a dialog over the page; a second one replaces the first. Each opening starts afresh: a dialog remembers nothing. */
export function openDialog(render: (close: () => void) => ReactNode): void {
  change({ id: nextId++, render })
}

function closeDialog(): void {
  change(null)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function DialogHost() {
  const current = useSyncExternalStore(
    subscribe,
    () => opened,
    () => null,
  )
  if (!current) return null
  return <Suspense key={current.id}>{current.render(closeDialog)}</Suspense>
}
