'use client'

import { compareText } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { Fragment, lazy, Suspense, useMemo } from 'react'
import { queries } from '../api/client.ts'
import { EventLine } from '../events/event-words.tsx'
import { formatCount, plural } from '../format/amount.ts'
import { formatAge } from '../format/duration.ts'
import { store } from '../live/page.ts'
import { useIsComplete, useVersion } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { JoinHint } from '../nodes/join-hint.tsx'
import { OperationRow, useOperations } from '../operations/operations-page.tsx'
import { SurvivalCard } from '../survival/survival-card.tsx'
import { DispatchButton } from '../tasks/tasks-page.tsx'
import { cx } from '../ui/class-names.ts'
import { Card, PageHeader } from '../ui/layout.tsx'
import { Empty, Skeleton } from '../ui/states.tsx'
import { TextLink } from '../ui/text-link.tsx'
import { needsAttention } from './attention.ts'
import { LoadHistogram } from './load-histogram.tsx'

const NodeMap = lazy(() => import('../nodes/node-map.tsx').then((module) => ({ default: module.NodeMap })))

const EVENTS_SHOWN = 20
const OPERATIONS_SHOWN = 5

/** Is anything wrong, is anything changing: on one screen. */
export function OverviewPage() {
  const router = useRouter()
  const isComplete = useIsComplete()
  const version = useVersion('nodes')
  const nodes = useMemo(() => {
    void version
    return [...store.nodes.values()].sort((a, b) => compareText(a.id, b.id))
  }, [version])
  return (
    <>
      <PageHeader title="Overview" note={isComplete && nodes.length > 0 ? <Sentence /> : undefined}>
        <DispatchButton onClick={() => router.push('/dispatch')} />
      </PageHeader>
      {!isComplete ? (
        <Skeleton rows={12} />
      ) : nodes.length === 0 ? (
        <JoinHint />
      ) : (
        <div className="grid gap-3 p-4 lg:grid-cols-2">
          <Card title="Nodes by zone" action={<TextLink href="/nodes?view=map">Open map</TextLink>}>
            <Suspense fallback={<Skeleton rows={5} />}>
              <NodeMap nodes={nodes} group="zone" maxHeight={240} />
            </Suspense>
          </Card>
          <AttentionCard />
          <Card title="Load">
            <LoadHistogram />
          </Card>
          <WorkCard />
          <SurvivalCard />
          <OperationsCard />
          <RecentEvents />
        </div>
      )}
    </>
  )
}

/** "4 of 5 nodes ready · 1 draining · 1 down", each number a link. */
function Sentence() {
  useVersion('nodes')
  const parts = [
    { status: 'draining', words: 'draining', tone: '' },
    { status: 'drained', words: 'drained', tone: '' },
    { status: 'cordoned', words: 'cordoned', tone: '' },
    { status: 'joining', words: 'joining', tone: '' },
    { status: 'unknown', words: 'unknown', tone: 'font-semibold' },
    { status: 'suspect', words: '▲ suspect', tone: 'font-semibold text-warn!' },
    { status: 'down', words: '✕ down', tone: 'font-semibold text-bad!' },
    { status: 'left', words: 'left', tone: '' },
  ] as const
  return (
    <span className="text-form text-text">
      <TextLink href="/nodes?q=status:ready" className="text-text!">
        {formatCount(store.countOf('ready'))} of {plural(store.nodes.size, 'node')} ready
      </TextLink>
      {parts.map(({ status, words, tone }) =>
        store.countOf(status) === 0 ? null : (
          <Fragment key={status}>
            {' · '}
            <TextLink href={`/nodes?q=status:${status}`} className={cx('text-text', tone)}>
              {formatCount(store.countOf(status))} {words}
            </TextLink>
          </Fragment>
        ),
      )}
    </span>
  )
}

function AttentionCard() {
  useVersion('nodes')
  useVersion('controllers')
  useVersion('operations')
  useVersion('tasks')
  const nowMs = useNow()
  const suggested = useQuery({ ...queries.faults.cordonSuggestions.queryOptions(), refetchInterval: 5_000 })
  const items = needsAttention({
    nodes: store.nodes.values(),
    controllers: store.controllers.values(),
    operations: store.operations.values(),
    unknownTasks: store.counts?.unknown ?? 0,
    cordonSuggestions: suggested.data?.value ?? [],
    nowMs,
  })
  return (
    <Card title="Needs attention">
      {items.length === 0 ? (
        <NothingWrong nowMs={nowMs} />
      ) : (
        <ul>
          {items.map((item) => (
            <li key={item.key} className="flex items-center gap-2 border-b border-line px-3 py-1.5 last:border-0">
              <span aria-hidden className={item.isError ? 'text-bad' : 'text-warn'}>
                {item.isError ? '✕' : '▲'}
              </span>
              <span className="min-w-0 flex-1">{item.text}</span>
              <span className="text-compact text-muted">{nowMs === 0 ? '' : formatAge(nowMs - item.sinceMs)}</span>
              <TextLink href={item.href} className="whitespace-nowrap">
                {item.act}
              </TextLink>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

/** Good news has a date, so that it can be believed. */
function NothingWrong({ nowMs }: { readonly nowMs: number }) {
  const last = store.events.find((event) => event.type === 'node.down')
  return (
    <Empty
      title={`Nothing is down.${last && nowMs > 0 ? ` Last node failure: ${formatAge(nowMs - last.atMs)} ago.` : ' No node failure in the events of this page.'}`}
    />
  )
}

function WorkCard() {
  useVersion('tasks')
  const summary = useQuery({ ...queries.cluster.summary.queryOptions(), refetchInterval: 5_000 })
  const { counts } = store
  const oldestMs = summary.data?.value.oldestQueuedMs ?? null
  const numbers = [
    { name: 'running', count: counts?.running, href: '/tasks?q=state:running' },
    {
      name: 'waiting',
      count: counts ? counts.queued + counts.delayed : undefined,
      href: '/tasks?q=state:queued,delayed',
    },
    { name: 'succeeded', count: counts?.succeeded, href: '/tasks?q=state:succeeded' },
    {
      name: 'failed',
      count: counts ? counts.failed + counts.dead + counts['timed-out'] : undefined,
      href: '/tasks?q=state:failed,dead,timed-out',
    },
  ]
  return (
    <Card title="Tasks" action={<TextLink href="/tasks">All tasks</TextLink>}>
      <dl className="grid grid-cols-2 gap-3 px-3 py-3 sm:grid-cols-4">
        {numbers.map(({ name, count, href }) => (
          <div key={name} className="flex flex-col-reverse">
            <dt className="text-muted">{name}</dt>
            <dd className="text-hero font-semibold">
              <TextLink href={href} className="text-text!">
                {count === undefined ? '–' : formatCount(count)}
              </TextLink>
            </dd>
          </div>
        ))}
      </dl>
      <p className="px-3 pb-2 text-muted">
        {oldestMs === null
          ? 'Nothing waits in the queue.'
          : `The oldest waiting task has waited ${formatAge(oldestMs)}.`}
      </p>
    </Card>
  )
}

function OperationsCard() {
  const operations = useOperations()
  return (
    <Card title="Operations" action={<TextLink href="/operations">All operations</TextLink>}>
      {operations.length === 0 ? (
        <Empty title="No drain or bulk act is running or has run." />
      ) : (
        operations
          .slice(0, OPERATIONS_SHOWN)
          .map((operation) => <OperationRow key={operation.id} operation={operation} />)
      )}
    </Card>
  )
}

function RecentEvents() {
  useVersion('events')
  const notable = store.events.filter((event) => event.severity !== 'info').slice(0, EVENTS_SHOWN)
  return (
    <Card title="Last notable events" action={<TextLink href="/events">All events</TextLink>}>
      {notable.length === 0 ? (
        <Empty title="Nothing notable has happened." />
      ) : (
        notable.map((event) => <EventLine key={event.id} event={event} isNarrow />)
      )}
    </Card>
  )
}
