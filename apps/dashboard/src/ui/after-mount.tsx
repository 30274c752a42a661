'use client'

import { type ReactNode, useSyncExternalStore } from 'react'

const never = () => () => {}

/**
 * Draws its children only in the browser. The files hold the frame of a page; its content is live, and would differ from the file by
 * the time React takes the file over.
 */
export function AfterMount({ children }: { readonly children: ReactNode }) {
  const isMounted = useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
  return isMounted ? children : null
}
