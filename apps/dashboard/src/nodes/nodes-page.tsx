'use client'

import { nodeFilterFields } from '@quarterdeck/domain'
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { lazy, Suspense, useCallback } from 'react'
import { formatCount } from '../format/amount.ts'
import { commandLine } from '../format/command.ts'
import { useKeys } from '../keyboard/keys.ts'
import { store } from '../live/page.ts'
import { useIsComplete } from '../live/use-live.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { FilterBar, type FilterField } from '../ui/filter-bar.tsx'
import { PageHeader } from '../ui/layout.tsx'
import { Empty, Skeleton } from '../ui/states.tsx'
import { TextLink } from '../ui/text-link.tsx'
import { JoinHint } from './join-hint.tsx'
import { NodeTable } from './node-table.tsx'
import { useNodeList } from './use-node-list.ts'

const NodeMap = lazy(() => import('./node-map.tsx').then((module) => ({ default: module.NodeMap })))
const NodeLoadView = lazy(() => import('./node-load-view.tsx').then((module) => ({ default: module.NodeLoadView })))

const views = ['table', 'map', 'load'] as const
const viewWords = { table: 'Table', map: 'Map', load: 'Load' } as const
const groupings = ['', 'zone', 'region', 'role', 'status', 'version'] as const

/** Nodes: one query, three views. Filter, order, group and view are in the URL. */
export function NodesPage() {
  const [filter, setFilter] = useQueryState('q', parseAsString.withDefault('').withOptions({ history: 'replace' }))
  const [sort, setSort] = useQueryState('sort', parseAsString.withDefault('status').withOptions({ history: 'replace' }))
  const [group, setGroup] = useQueryState('group', parseAsString.withDefault('').withOptions({ history: 'replace' }))
  const [view, setView] = useQueryState(
    'view',
    parseAsStringLiteral(views).withDefault('table').withOptions({ history: 'push' }),
  )
  const isComplete = useIsComplete()
  const list = useNodeList({ filter, sort, group })
  const changeFilter = useCallback((text: string) => void setFilter(text || null), [setFilter])
  const isProblemsOnly = filter === 'status:down,suspect,unknown'
  useKeys([
    { keys: 'v t', text: 'Table', run: () => void setView('table') },
    { keys: 'v m', text: 'Map', run: () => void setView('map') },
    { keys: 'v l', text: 'Load', run: () => void setView('load') },
    { keys: '!', text: 'Only problems', run: () => changeFilter(isProblemsOnly ? '' : 'status:down,suspect,unknown') },
  ])

  return (
    <>
      <PageHeader title="Nodes">
        <TextLink href="/pools">Pools</TextLink>
        <CopyButton text={commandLine(['node', 'ls', ...(filter ? ['--filter', filter] : [])])} label="Copy as query" />
      </PageHeader>
      <div className="flex flex-wrap items-start gap-2 px-4 pb-1">
        <FilterBar
          label="Filter nodes"
          placeholder="status:down,suspect zone:eu-1 load:>80 -label:gpu"
          value={filter}
          onChange={changeFilter}
          problems={list.problems}
          fields={filterFields}
        />
        <label className="flex min-h-8 items-center gap-1.5 text-muted">
          Group
          <select
            value={group}
            onChange={(event) => void setGroup(event.target.value || null)}
            className="min-h-8 rounded-control border border-control bg-bg px-1.5 text-text pointer-coarse:min-h-11"
          >
            {groupings.map((each) => (
              <option key={each} value={each}>
                {each || 'none'}
              </option>
            ))}
            {group.startsWith('label:') && <option value={group}>{group}</option>}
          </select>
        </label>
        <fieldset className="flex overflow-hidden rounded-control border border-control">
          <legend className="sr-only">View</legend>
          {views.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={view === each}
              onClick={() => void setView(each)}
              className="min-h-7.5 px-2.5 font-medium aria-pressed:bg-selected pointer-coarse:min-h-11"
            >
              {viewWords[each]}
            </button>
          ))}
        </fieldset>
      </div>
      <Body list={list} isComplete={isComplete} onClear={() => changeFilter('')} filter={filter}>
        <Suspense fallback={<Skeleton />}>
          {view === 'table' && (
            <NodeTable
              nodes={list.nodes}
              total={list.total}
              query={{ filter, sort, group }}
              onSort={(next) => void setSort(next)}
            />
          )}
          {view === 'map' && <NodeMap nodes={list.nodes} group={group || 'zone'} />}
          {view === 'load' && <NodeLoadView nodes={list.nodes} />}
        </Suspense>
      </Body>
    </>
  )
}

function Body({
  list,
  isComplete,
  filter,
  onClear,
  children,
}: {
  readonly list: ReturnType<typeof useNodeList>
  readonly isComplete: boolean
  readonly filter: string
  readonly onClear: () => void
  readonly children: React.ReactNode
}) {
  if (!isComplete) return <Skeleton rows={10} />
  if (list.total === 0) return <JoinHint />
  if (list.nodes.length === 0 && list.problems.length === 0) {
    return (
      <Empty
        title={`No node matches ${filter}. ${formatCount(list.total)} ${list.total === 1 ? 'node is' : 'nodes are'} hidden by this filter.`}
      >
        <Button onClick={onClear}>Clear filter</Button>
      </Empty>
    )
  }
  return children
}

const distinct = (of: (node: NonNullable<ReturnType<typeof store.nodes.get>>) => readonly string[]) => () =>
  [...new Set([...store.nodes.values()].flatMap((node) => of(node)))].sort()

const liveValues: Readonly<Record<string, () => readonly string[]>> = {
  name: distinct((node) => [node.id]),
  zone: distinct((node) => [node.zone]),
  region: distinct((node) => [node.region]),
  version: distinct((node) => [node.facts.agentVersion]),
  handler: distinct((node) => node.facts.handlers),
  label: distinct((node) => Object.entries(node.labels).flatMap(([key, value]) => [key, `${key}=${value}`])),
}

const filterFields: readonly FilterField[] = Object.entries(nodeFilterFields).map(([name, field]) => ({
  name,
  values: field.kind === 'choice' ? () => field.choices : (liveValues[name] ?? (() => [])),
}))
