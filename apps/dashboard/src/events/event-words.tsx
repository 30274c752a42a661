'use client'

import type { FeedEvent } from '@quarterdeck/domain'
import { Moment } from '../ui/age.tsx'
import { cx } from '../ui/class-names.ts'
import { TextLink } from '../ui/text-link.tsx'

export const severityMarks = { info: '·', notice: '●', warning: '▲', error: '✕' } as const
const severityTones = { info: 'text-muted', notice: 'text-info', warning: 'text-warn', error: 'text-bad' } as const

const pages: Readonly<Record<string, string>> = {
  node: '/node',
  task: '/task',
  operation: '/operation',
  service: '/service',
  'workflow-run': '/workflow-run',
}

/** One event: when, how serious, what happened, to what, by whom. */
export function EventLine({ event, isNarrow = false }: { readonly event: FeedEvent; readonly isNarrow?: boolean }) {
  const page = pages[event.subject.kind]
  return (
    <div
      className={cx(
        'grid min-h-(--row) grid-cols-[72px_16px_minmax(0,1fr)] items-baseline gap-x-2 border-b border-line/60 px-3 py-1',
        !isNarrow && 'sm:grid-cols-[72px_16px_150px_minmax(0,1fr)_minmax(0,130px)]',
      )}
    >
      <span className="text-muted">
        <Moment atMs={event.atMs} />
      </span>
      <span className={cx('text-center', severityTones[event.severity])}>
        <span aria-hidden>{severityMarks[event.severity]}</span>
        <span className="sr-only">{event.severity}</span>
      </span>
      <span className={cx('hidden truncate font-mono text-compact text-muted', !isNarrow && 'sm:block')}>
        {event.type}
      </span>
      <span className="min-w-0 break-words">
        {event.text}
        {event.reason && !event.text.includes(event.reason) && <span className="text-muted"> “{event.reason}”</span>}
        {page && (
          <>
            {' '}
            <TextLink href={`${page}?id=${encodeURIComponent(event.subject.id)}`} className="text-compact">
              {event.subject.id}
            </TextLink>
          </>
        )}
      </span>
      <span className={cx('hidden truncate text-right text-compact text-muted', !isNarrow && 'sm:block')}>
        {event.actor}
      </span>
    </div>
  )
}
