'use client'

import { isTerminal, type TaskDetail, type TaskId } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { lazy, Suspense, useEffect, useMemo } from 'react'
import { queries } from '../api/client.ts'
import { EventList } from '../events/event-list.tsx'
import { TaskExplanationCard } from '../explain/task-explanation.tsx'
import { formatMoment } from '../format/moment.ts'
import { store } from '../live/page.ts'
import { useNode, useTask, useVersion } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { useLog } from '../log/use-log.ts'
import { usePreferences } from '../theme/preferences.ts'
import { Card } from '../ui/layout.tsx'
import { NotLoaded } from '../ui/not-loaded.tsx'
import { Empty, Skeleton, Warning } from '../ui/states.tsx'
import { Tabs, tabPanelProps } from '../ui/tabs.tsx'
import { TextLink } from '../ui/text-link.tsx'
import { Attempts } from './attempts.tsx'
import { DecisionView } from './decision-view.tsx'
import { endSentence, noLogSentence } from './end-sentence.ts'
import { Payload } from './payload.tsx'
import { PlanOutcome } from './plan-outcome.tsx'
import { TaskHeader } from './task-header.tsx'
import { Timeline } from './timeline.tsx'

const LogViewer = lazy(() => import('../log/log-viewer.tsx').then((module) => ({ default: module.LogViewer })))

const tabNames = ['logs', 'timeline', 'attempts', 'payload', 'events'] as const

/** One task: its live output, what happened to it, and why it is where it is. */
export function TaskPage() {
  const [id] = useQueryState('id', parseAsString.withDefault(''))
  const live = useTask(id)
  // Asked again when the live row changes: attempts, decisions and results are not in the stream.
  const detail = useQuery({
    ...queries.tasks.get.queryOptions({ id: id as TaskId }),
    enabled: id !== '',
    staleTime: 0,
    refetchOnWindowFocus: false,
  })
  useRefetchOn(live?.revision, detail.refetch)

  if (id === '') return <Empty title="No task was named." />
  if (!detail.data)
    return (
      <NotLoaded
        title="Task"
        asked={detail}
        missing={{
          code: 'task_not_found',
          text: () => `There is no task ${id}. Ended tasks are kept for 30 days, the newest 10,000.`,
          more: <TextLink href="/tasks">All tasks</TextLink>,
        }}
      />
    )
  return <TaskBody detail={detail.data.value} />
}

function useRefetchOn(revision: number | undefined, refetch: () => unknown): void {
  useEffect(() => {
    if (revision !== undefined) void refetch()
  }, [revision, refetch])
}

function TaskBody({ detail }: { readonly detail: TaskDetail }) {
  const { task, spec, decisions, result } = detail
  const [tab, setTab] = useQueryState(
    'tab',
    parseAsStringLiteral(tabNames).withDefault('logs').withOptions({ history: 'push' }),
  )
  const [wantedAttempt, setAttempt] = useQueryState('attempt', parseAsInteger.withOptions({ history: 'replace' }))
  const live = useTask(task.id) ?? task
  const attempt = wantedAttempt ?? live.attempt
  const record = task.attempts.find((each) => each.attempt === attempt)
  const feed = useLog(task.id, tab === 'logs' ? attempt : null, !record?.endedAtMs && !isTerminal(live.state))
  const node = useNode(record?.nodeId ?? '')
  const nowMs = useNow()
  const { zone } = usePreferences()
  const ahead = useAheadInQueue(task.id)
  const endedAt = record?.endedAtMs && nowMs > 0 ? formatMoment(record.endedAtMs, nowMs, zone) : ''
  const latest = decisions[0]

  return (
    <>
      <TaskHeader task={live} />
      <Tabs
        label={`Parts of task ${task.id}`}
        current={tab}
        onChange={(next) => void setTab(next)}
        tabs={[
          { name: 'logs', text: 'Log' },
          { name: 'timeline', text: 'Timeline' },
          { name: 'attempts', text: `Attempts ${task.attempts.length}` },
          { name: 'payload', text: 'Payload' },
          { name: 'events', text: 'Events' },
        ]}
      />
      <div {...tabPanelProps(tab)} className="p-4">
        {tab === 'logs' && (
          <div className="grid gap-3 xl:grid-cols-[minmax(0,1fr)_360px]">
            <div className="flex min-w-0 flex-col gap-2">
              {task.attempts.length > 1 && (
                <label className="flex items-center gap-2 text-muted">
                  Attempt
                  <select
                    className="min-h-7 rounded-control border border-control bg-bg px-1.5 text-text"
                    value={attempt}
                    onChange={(event) => void setAttempt(Number(event.target.value))}
                  >
                    {task.attempts.map((each) => (
                      <option key={each.attempt} value={each.attempt}>
                        {each.attempt} on {each.nodeId}, {each.outcome}
                      </option>
                    ))}
                  </select>
                </label>
              )}
              {(node?.health === 'down' || node?.health === 'suspect') && !record?.endedAtMs && (
                <Warning>
                  {node.id} is {node.health}; the newest lines may be missing.
                </Warning>
              )}
              <Suspense fallback={<Skeleton rows={10} />}>
                <LogViewer
                  feed={feed}
                  name={`${task.name}-${task.id}-${attempt}`}
                  startedAtMs={record?.startedAtMs ?? live.startedAtMs}
                  emptyText={noLogSentence(live, ahead)}
                  endText={endSentence(record, endedAt)}
                />
              </Suspense>
            </div>
            <div className="flex min-w-0 flex-col gap-3">
              <Card title={isTerminal(live.state) || live.nodeId ? 'Why here' : 'Why it waits'}>
                {latest ? <DecisionView entry={latest} /> : <Empty title="No decision has been made yet." />}
              </Card>
              {spec.foreseen && <PlanOutcome foreseen={spec.foreseen} attempts={task.attempts} />}
              <TaskExplanationCard id={task.id} revision={live.revision} />
              <Timeline task={task} live={live} />
            </div>
          </div>
        )}
        {tab === 'timeline' && (
          <div className="grid gap-3 xl:grid-cols-2">
            <Timeline task={task} live={live} />
            <Card title="Decisions, newest first">
              {decisions.map((entry) => (
                <div key={`${entry.atMs} ${entry.attempt}`} className="border-b border-line last:border-0">
                  <DecisionView entry={entry} />
                </div>
              ))}
              {decisions.length === 0 && <Empty title="No decision has been made yet." />}
            </Card>
          </div>
        )}
        {tab === 'attempts' && (
          <Attempts
            task={task}
            onLog={(each) => {
              void setAttempt(each)
              void setTab('logs')
            }}
          />
        )}
        {tab === 'payload' && <Payload spec={spec} result={result} ports={task.ports} />}
        {tab === 'events' && <EventList subject={{ kind: 'task', id: task.id }} />}
      </div>
    </>
  )
}

/** Queued tasks that come before this one, as far as this page knows them. */
function useAheadInQueue(id: string): number {
  const version = useVersion('tasks')
  return useMemo(() => {
    void version
    const own = store.tasks.get(id)
    if (own?.state !== 'queued') return 0
    return [...store.tasks.values()].filter(
      (task) =>
        task.state === 'queued' &&
        task.id !== id &&
        (task.priority > own.priority || (task.priority === own.priority && task.createdAtMs < own.createdAtMs)),
    ).length
  }, [id, version])
}
