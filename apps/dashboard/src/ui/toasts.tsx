'use client'

import { X } from 'lucide-react'
import { type ReactNode, useSyncExternalStore } from 'react'
import { alarm, announce } from './announce.ts'
import { cx } from './class-names.ts'

const SHOWN_MS = 10_000
const SHOWN_MAX = 4

type Toast = {
  readonly id: number
  readonly text: string
  readonly tone: 'done' | 'refused'
  readonly undo: (() => void) | null
  readonly more: ReactNode
}

let toasts: readonly Toast[] = []
let nextId = 1
const listeners = new Set<() => void>()

function change(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Says what happened, for 10 seconds, with the way back where there is one. Screen readers hear it through the live regions. */
export function toast(
  text: string,
  options: { readonly undo?: () => void; readonly tone?: Toast['tone']; readonly more?: ReactNode } = {},
): void {
  const id = nextId++
  const tone = options.tone ?? 'done'
  change([...toasts, { id, text, tone, undo: options.undo ?? null, more: options.more ?? null }].slice(-SHOWN_MAX))
  setTimeout(() => dismiss(id), SHOWN_MS)
  if (tone === 'refused') alarm(text)
  else announce(options.undo ? `${text} Press z to undo.` : text)
}

function dismiss(id: number): void {
  change(toasts.filter((each) => each.id !== id))
}

/** Undoes the newest act that can be undone: what the key `z` does. */
export function undoNewest(): void {
  const newest = toasts.findLast((each) => each.undo)
  if (!newest) return
  dismiss(newest.id)
  newest.undo?.()
}

const none: readonly Toast[] = []

export function Toasts() {
  const shown = useSyncExternalStore(
    subscribe,
    () => toasts,
    () => none,
  )
  return (
    <section
      aria-label="Notifications"
      className="fixed right-3 bottom-16 z-40 flex w-[min(420px,calc(100vw-24px))] flex-col gap-2 md:bottom-3"
    >
      {shown.map((each) => (
        <div
          key={each.id}
          className={cx(
            'flex items-start gap-3 rounded-card border bg-raised px-3 py-2 shadow-lg',
            each.tone === 'refused' ? 'border-bad' : 'border-line',
          )}
        >
          <p className="min-w-0 flex-1 break-words">{each.text}</p>
          {each.more}
          {each.undo && (
            <button
              type="button"
              className="min-h-6 font-semibold text-info hover:underline"
              onClick={() => {
                dismiss(each.id)
                each.undo?.()
              }}
            >
              Undo
            </button>
          )}
          <button
            type="button"
            aria-label="Dismiss"
            className="grid size-6 place-items-center text-muted hover:text-text"
            onClick={() => dismiss(each.id)}
          >
            <X aria-hidden size={14} />
          </button>
        </div>
      ))}
    </section>
  )
}
