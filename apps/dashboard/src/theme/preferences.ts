'use client'

import { useSyncExternalStore } from 'react'
import type { Zone } from '../format/moment.ts'

/** What a person chose for this browser. Kept in local storage, never on the server: it says nothing about the cluster. */
export type Preferences = {
  readonly theme: 'system' | 'light' | 'dark' | 'contrast'
  readonly density: 'compact' | 'normal' | 'comfortable'
  readonly zone: Zone
  readonly singleKeys: boolean
  readonly sidebar: 'wide' | 'narrow'
}

export const PREFERENCES_KEY = 'qd.preferences'

export const defaultPreferences: Preferences = {
  theme: 'system',
  density: 'normal',
  zone: 'local',
  singleKeys: true,
  sidebar: 'wide',
}

let current: Preferences | null = null
const listeners = new Set<() => void>()

function read(): Preferences {
  if (current) return current
  current = { ...defaultPreferences, ...stored() }
  return current
}

function stored(): Partial<Preferences> {
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(PREFERENCES_KEY) ?? '{}')
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch {
    // Storage is off or holds something else: the defaults serve.
    return {}
  }
}

export function changePreferences(change: Partial<Preferences>): void {
  current = { ...read(), ...change }
  try {
    localStorage.setItem(PREFERENCES_KEY, JSON.stringify(current))
  } catch {
    // A browser without storage keeps the choice until it is closed.
  }
  applyToPage(current)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, read, () => defaultPreferences)
}

/** The attributes of <html> that the style sheet follows. `first-paint.ts` sets the same ones before anything is drawn. */
export function applyToPage({ theme, density }: Preferences): void {
  const prefersDark = matchMedia('(prefers-color-scheme: dark)').matches
  const { dataset } = document.documentElement
  dataset.theme = theme === 'system' ? (prefersDark ? 'dark' : 'light') : theme
  dataset.density = density
}

/** Follows the system's change from day to night while the choice is "system". */
export function followSystemTheme(): () => void {
  const query = matchMedia('(prefers-color-scheme: dark)')
  const follow = () => applyToPage(read())
  query.addEventListener('change', follow)
  return () => query.removeEventListener('change', follow)
}
