'use client'

import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { queries } from '../api/client.ts'
import { connection } from '../live/page.ts'
import { alarm } from '../ui/announce.ts'

const ASK_AGAIN_MS = 1_000

/** Starts the live stream for a signed-in person, and sends everybody else to the sign-in page and back afterwards. */
export function Gate({ children }: { readonly children: ReactNode }) {
  // Asked until there is an answer: a controller that is starting knows nobody yet.
  const { data } = useQuery({
    ...queries.auth.state.queryOptions(),
    staleTime: 60_000,
    retry: true,
    retryDelay: ASK_AGAIN_MS,
  })
  const isSignedOut = data !== undefined && data.me === null
  const isSignedIn = data !== undefined && data.me !== null

  useEffect(() => {
    if (isSignedOut) goToSignIn()
  }, [isSignedOut])

  useEffect(() => {
    if (!isSignedIn) return
    connection.onSignedOut = () => {
      alarm('Your session has ended. Sign in again.')
      goToSignIn()
    }
    connection.start()
    return () => connection.stop()
  }, [isSignedIn])

  return children
}

function goToSignIn(): void {
  const here = window.location.pathname + window.location.search
  window.location.replace(here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`)
}
