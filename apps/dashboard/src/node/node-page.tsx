'use client'

import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { lazy, Suspense, useMemo } from 'react'
import { EventList } from '../events/event-list.tsx'
import { store } from '../live/page.ts'
import { useIsComplete, useNode, useVersion } from '../live/use-live.ts'
import { TaskTable } from '../tasks/task-table.tsx'
import { Card } from '../ui/layout.tsx'
import { Empty, Skeleton } from '../ui/states.tsx'
import { Tabs, tabPanelProps } from '../ui/tabs.tsx'
import { TextLink } from '../ui/text-link.tsx'
import { BreakerCard } from './breaker-card.tsx'
import { CordonSuggestionCard } from './cordon-suggestion-card.tsx'
import { DrainPanel } from './drain-panel.tsx'
import { EvidenceList } from './evidence-list.tsx'
import { NodeFacts } from './node-facts.tsx'
import { NodeHeader } from './node-header.tsx'

const NodeCharts = lazy(() => import('./node-charts.tsx').then((module) => ({ default: module.NodeCharts })))

const tabNames = ['overview', 'tasks', 'events', 'facts'] as const

/** One machine: how it is, what it runs, and why it is so. */
export function NodePage() {
  const [id] = useQueryState('id', parseAsString.withDefault(''))
  const [tab, setTab] = useQueryState(
    'tab',
    parseAsStringLiteral(tabNames).withDefault('overview').withOptions({ history: 'push' }),
  )
  const node = useNode(id)
  const isComplete = useIsComplete()
  const taskIds = useTaskIds(id)
  if (!node) {
    if (!isComplete) return <Skeleton rows={10} />
    return (
      <Empty title={id ? `There is no node ${id}. It may have been removed.` : 'No node was named.'}>
        <TextLink href="/nodes">All nodes</TextLink>
      </Empty>
    )
  }
  return (
    <>
      <NodeHeader node={node} />
      <Tabs
        label={`Parts of ${id}`}
        current={tab}
        onChange={(next) => void setTab(next)}
        tabs={[
          { name: 'overview', text: 'Overview' },
          { name: 'tasks', text: `Tasks ${taskIds.live.length}` },
          { name: 'events', text: 'Events' },
          { name: 'facts', text: 'Facts' },
        ]}
      />
      <div {...tabPanelProps(tab)} className="flex flex-col gap-3 p-4">
        {tab === 'overview' && (
          <>
            <DrainPanel node={node} />
            <CordonSuggestionCard node={node} />
            <BreakerCard nodeId={node.id} />
            <Suspense fallback={<Skeleton rows={8} />}>
              <NodeCharts id={id} />
            </Suspense>
            <div className="grid gap-3 xl:grid-cols-2">
              <Card title={`Tasks here (${taskIds.live.length})`}>
                {taskIds.live.length === 0 ? (
                  <Empty title="No task runs here now." />
                ) : (
                  <TaskTable ids={taskIds.live} question={id} label={`Tasks on ${id}`} isCompact />
                )}
              </Card>
              <EvidenceList node={node} />
            </div>
          </>
        )}
        {tab === 'tasks' &&
          (taskIds.all.length === 0 ? (
            <Empty title="No task known to this page has run here." />
          ) : (
            <TaskTable ids={taskIds.all} question={id} label={`Tasks on ${id}`} />
          ))}
        {tab === 'events' && <EventList subject={{ kind: 'node', id }} />}
        {tab === 'facts' && <NodeFacts node={node} />}
      </div>
    </>
  )
}

/** Tasks of this node, newest first; `live` are those that hold it now. */
function useTaskIds(nodeId: string) {
  const version = useVersion('tasks')
  return useMemo(() => {
    void version
    const here = [...store.tasks.values()]
      .filter((task) => task.nodeId === nodeId)
      .sort((a, b) => b.createdAtMs - a.createdAtMs)
    return {
      all: here.map((task) => task.id as string),
      live: here.filter((task) => task.endedAtMs === null).map((task) => task.id as string),
    }
  }, [nodeId, version])
}
