'use client'

import { useCallback, useSyncExternalStore } from 'react'

/** Whether a media query holds; false in the static files. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const list = matchMedia(query)
      list.addEventListener('change', listener)
      return () => list.removeEventListener('change', listener)
    },
    [query],
  )
  return useSyncExternalStore(
    subscribe,
    () => matchMedia(query).matches,
    () => false,
  )
}

/** Narrower than a tablet: lists become cards. */
export function useIsPhone(): boolean {
  return useMedia('(max-width: 767px)')
}
