'use client'

import type { FeedEvent } from '@quarterdeck/domain'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api } from '../api/client.ts'
import { store } from '../live/page.ts'
import { useVersion } from '../live/use-live.ts'

export type EventQuery = {
  readonly subject?: { readonly kind: string; readonly id: string }
  readonly types: readonly string[]
  readonly text: string
}

const PAGE = 200

/** Events that match, newest first: older ones page by page from the server, new ones from the live stream. */
export function useEvents(query: EventQuery) {
  const { subject, types, text } = query
  const pages = useInfiniteQuery({
    queryKey: ['events', subject, types, text],
    queryFn: ({ pageParam }) =>
      api.events.list.query({
        limit: PAGE,
        ...(pageParam === null ? {} : { before: pageParam }),
        ...(subject ? { subject } : {}),
        ...(types.length > 0 ? { types: [...types] } : {}),
        ...(text ? { text } : {}),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: 'always',
  })
  const version = useVersion('events')

  const events = useMemo(() => {
    // Named so that the memo is renewed with the store, which React cannot see into.
    void version
    const old = pages.data?.pages.flatMap((page) => page.events) ?? []
    const newest = old[0]
    const known = new Set(old.map((event) => event.id))
    const fresh = store.events.filter(
      (event) => !known.has(event.id) && (!newest || event.revision >= newest.revision) && matches(event, query),
    )
    return [...fresh, ...old]
  }, [pages.data, version, query])

  return { ...pages, events }
}

/** The same conditions as the server's, for the events of the stream. */
export function matches(event: FeedEvent, { subject, types, text }: EventQuery): boolean {
  if (subject && (event.subject.kind !== subject.kind || event.subject.id !== subject.id)) return false
  if (
    types.length > 0 &&
    !types.some((type) => (type.endsWith('.') ? event.type.startsWith(type) : event.type === type))
  )
    return false
  return (
    text === '' ||
    `${event.text} ${event.subject.id} ${event.actor} ${event.type}`.toLowerCase().includes(text.toLowerCase())
  )
}
