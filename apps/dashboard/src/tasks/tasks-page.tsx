'use client'

import { clusterCan, compileFilter, parseFilter, taskFilterFields } from '@quarterdeck/domain'
import { useRouter } from 'next/navigation'
import { parseAsString, useQueryState } from 'nuqs'
import { useCallback, useMemo } from 'react'
import { formatCount } from '../format/amount.ts'
import { commandLine } from '../format/command.ts'
import { store } from '../live/page.ts'
import { useIsComplete, useVersion } from '../live/use-live.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { FilterBar, type FilterField } from '../ui/filter-bar.tsx'
import { PageHeader } from '../ui/layout.tsx'
import { Empty, Skeleton } from '../ui/states.tsx'
import { TextLink } from '../ui/text-link.tsx'
import { compareTasks } from './task-order.ts'
import { TaskTable } from './task-table.tsx'

/** All live tasks and the newest ended ones. Filter and order are in the URL. */
export function TasksPage() {
  const router = useRouter()
  const [filter, setFilter] = useQueryState('q', parseAsString.withDefault('').withOptions({ history: 'replace' }))
  const [sort, setSort] = useQueryState(
    'sort',
    parseAsString.withDefault('created').withOptions({ history: 'replace' }),
  )
  const isComplete = useIsComplete()
  const version = useVersion('tasks')
  const compiled = useMemo(() => compileFilter(parseFilter(filter), taskFilterFields), [filter])
  const change = useCallback((text: string) => void setFilter(text || null), [setFilter])
  const ids = useMemo(() => {
    void version
    return [...store.tasks.values()]
      .filter(compiled.matches)
      .sort(compareTasks(sort))
      .map((task) => task.id as string)
  }, [compiled, sort, version])

  return (
    <>
      <PageHeader title="Tasks" note={<Counts />}>
        <TextLink href="/broadcasts">Broadcasts</TextLink>
        <TextLink href="/dead-letters">Dead letters</TextLink>
        <CopyButton text={commandLine(['task', 'ls', ...(filter ? ['--filter', filter] : [])])} label="Copy as query" />
        <DispatchButton onClick={() => router.push('/dispatch')} />
      </PageHeader>
      <div className="px-4 pb-2">
        <FilterBar
          label="Filter tasks"
          placeholder="state:live node:web-1 name:report"
          value={filter}
          onChange={change}
          problems={compiled.problems}
          fields={fields}
        />
      </div>
      {!isComplete ? (
        <Skeleton rows={10} />
      ) : ids.length > 0 ? (
        <TaskTable
          ids={ids}
          question={`${filter}|${sort}`}
          label="Tasks"
          sort={sort}
          onSort={(next) => void setSort(next)}
        />
      ) : store.tasks.size === 0 ? (
        <Empty title="No tasks yet. A task is a program or a handler that runs once on one node.">
          <TextLink href="/dispatch">Dispatch a task</TextLink>
        </Empty>
      ) : (
        compiled.problems.length === 0 && (
          <Empty title={`No task matches ${filter}. ${formatCount(store.tasks.size)} are hidden by this filter.`}>
            <Button onClick={() => change('')}>Clear filter</Button>
          </Empty>
        )
      )}
    </>
  )
}

export function DispatchButton({ onClick }: { readonly onClick: () => void }) {
  const role = useRole()
  const refusal = useWriteRefusal() ?? clusterCan.dispatch(role)
  return (
    <Button look="primary" refusal={refusal} onClick={onClick}>
      Dispatch a task…
    </Button>
  )
}

/** Counts of the whole cluster, also of tasks that this page does not hold. */
function Counts() {
  useVersion('tasks')
  const { counts } = store
  if (!counts) return null
  const words = [
    [counts.running, 'running', 'state:running'],
    [counts.queued + counts.delayed, 'waiting', 'state:queued,delayed'],
    [counts.unknown, 'unknown', 'state:unknown'],
    [counts.succeeded, 'succeeded', 'state:succeeded'],
    [counts.failed + counts.dead + counts['timed-out'], 'failed', 'state:failed,dead,timed-out'],
  ] as const
  return (
    <span className="flex flex-wrap gap-x-3">
      {words.map(([count, word, query]) => (
        <TextLink key={word} href={`/tasks?q=${encodeURIComponent(query)}`}>
          {formatCount(count)} {word}
        </TextLink>
      ))}
    </span>
  )
}

const values: Readonly<Record<string, () => readonly string[]>> = {
  node: () => [...store.nodes.keys()].sort(),
  name: () => [...new Set([...store.tasks.values()].map((task) => task.name))].sort(),
  by: () => [...new Set([...store.tasks.values()].map((task) => task.submittedBy))].sort(),
}

const fields: readonly FilterField[] = Object.entries(taskFilterFields).map(([name, field]) => ({
  name,
  values: field.kind === 'choice' ? () => field.choices : (values[name] ?? (() => [])),
}))
