'use client'

import { useEffect, useRef } from 'react'

/** `keys`: one key (`x`, `Shift+D`, `?`), a sequence (`g n`), or a chord with `Mod` (⌘ or Ctrl), which works inside inputs too. */
export type Binding = { readonly keys: string; readonly text: string; readonly run: () => void }

const SEQUENCE_MS = 1_000

const layers = new Set<{ readonly bindings: readonly Binding[] }>()
let prefix = ''
let prefixTimer: ReturnType<typeof setTimeout> | null = null
let areSingleKeysOn = true

export function allowSingleKeys(isOn: boolean): void {
  areSingleKeysOn = isOn
}

/** Adds bindings while the component is mounted; the page's own come before those of the shell. */
export function useKeys(bindings: readonly Binding[]): void {
  const layer = useRef({ bindings })
  layer.current.bindings = bindings
  useEffect(() => {
    const mine = {
      get bindings() {
        return layer.current.bindings
      },
    }
    layers.add(mine)
    return () => {
      layers.delete(mine)
    }
  }, [])
}

/** Every binding in force, for the help. */
export function allBindings(): readonly Binding[] {
  const seen = new Set<string>()
  return [...layers]
    .reverse()
    .flatMap((layer) => layer.bindings)
    .filter(({ keys }) => !seen.has(keys) && seen.add(keys))
}

/** Name of a key press in the notation of `Binding`. Shift is named only with letters; `?` and `*` say it themselves. */
export function keyName(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  const isLetter = /^[a-z]$/i.test(event.key)
  const key = isLetter ? event.key.toLowerCase() : event.key
  const shift =
    event.shiftKey && (isLetter || event.key.length > 1) ? `Shift+${isLetter ? key.toUpperCase() : key}` : key
  return event.ctrlKey || event.metaKey ? `Mod+${shift}` : event.altKey ? `Alt+${shift}` : shift
}

export function listenForKeys(): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return
    const name = keyName(event)
    const isTyping = isTextInput(event.target)
    if (!name.startsWith('Mod+') && (isTyping || !areSingleKeysOn || document.querySelector('dialog[open]'))) return
    const bindings = allBindings()
    const wanted = prefix ? `${prefix} ${name}` : name
    const found = bindings.find(({ keys }) => keys === wanted) ?? bindings.find(({ keys }) => keys === name)
    setPrefix('')
    if (found) {
      event.preventDefault()
      found.run()
    } else if (bindings.some(({ keys }) => keys.startsWith(`${name} `))) {
      setPrefix(name)
    }
  }
  document.addEventListener('keydown', onKeyDown)
  return () => document.removeEventListener('keydown', onKeyDown)
}

function setPrefix(next: string): void {
  if (prefixTimer) clearTimeout(prefixTimer)
  prefix = next
  prefixTimer = next ? setTimeout(() => setPrefix(''), SEQUENCE_MS) : null
}

function isTextInput(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit'].includes(target.type)
}
