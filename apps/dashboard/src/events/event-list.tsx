'use client'

import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef } from 'react'
import { toProblem } from '../api/problem.ts'
import { Button } from '../ui/button.tsx'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'
import { EventLine } from './event-words.tsx'
import { type EventQuery, useEvents } from './use-events.ts'

const NO_TYPES: readonly string[] = []

/** Events newest first, of one object or of all that match. Only what is in view is drawn. */
export function EventList({
  subject,
  types = NO_TYPES,
  text = '',
  onClear,
}: Partial<EventQuery> & { readonly onClear?: () => void }) {
  const kind = subject?.kind
  const id = subject?.id
  const query = useMemo<EventQuery>(
    () => ({ types, text, ...(kind && id ? { subject: { kind, id } } : {}) }),
    [types, text, kind, id],
  )
  const { events, error, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useEvents(query)
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 32,
    overscan: 12,
    getItemKey: (index) => events[index]?.id ?? index,
  })
  const items = virtualizer.getVirtualItems()

  if (events.length === 0) {
    if (error)
      return <Failed what="The events could not be loaded." problem={toProblem(error)} onRetry={() => void refetch()} />
    if (isPending) return <Skeleton rows={8} />
    if (types.length > 0 || text) {
      return <Empty title="No event matches.">{onClear && <Button onClick={onClear}>Clear filter</Button>}</Empty>
    }
    return (
      <Empty
        title={
          subject ? `Nothing has happened to ${subject.id} in the events that are kept.` : 'Nothing has happened yet.'
        }
      />
    )
  }
  return (
    <>
      <section
        ref={scroller}
        aria-label="Events"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be reachable by keyboard
        tabIndex={0}
        className="h-[max(320px,calc(100dvh-220px))] overflow-auto border-y border-line"
      >
        <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const event = events[item.index]
            return (
              event && (
                <div
                  key={item.key}
                  data-index={item.index}
                  ref={virtualizer.measureElement}
                  className="absolute top-0 left-0 w-full"
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <EventLine event={event} />
                </div>
              )
            )
          })}
        </div>
        {isFetchingNextPage && <p className="px-3 py-2 text-muted">Loading older events…</p>}
      </section>
      <div className="flex items-center gap-3 px-3 py-1.5 text-compact text-muted">
        <span>{events.length.toLocaleString('en-US')} events</span>
        {hasNextPage && (
          <Button look="quiet" onClick={() => void fetchNextPage()}>
            Older
          </Button>
        )}
      </div>
    </>
  )
}
