'use client'

import type { NodeRow } from '@quarterdeck/domain'
import { useRouter } from 'next/navigation'
import { useMemo, useRef } from 'react'
import { uncordon } from '../acts/node-acts.ts'
import { formatCount, plural } from '../format/amount.ts'
import { Grid, type GridEntry } from '../grid/grid.tsx'
import { useSelection } from '../grid/use-selection.ts'
import { useStableOrder } from '../grid/use-stable-order.ts'
import { useKeys } from '../keyboard/keys.ts'
import { store } from '../live/page.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Button } from '../ui/button.tsx'
import { toast } from '../ui/toasts.tsx'
import { useIsPhone } from '../ui/use-media.ts'
import { allowedOf } from './node-acts-menu.ts'
import { NodeCard } from './node-card.tsx'
import { NodeCells, nodeColumns } from './node-cells.tsx'
import { groupOf } from './node-order.ts'
import { openDrain, startCordon } from './open-dialogs.tsx'
import { SelectionBar } from './selection-bar.tsx'

type Props = {
  readonly nodes: readonly NodeRow[]
  readonly total: number
  readonly query: { readonly filter: string; readonly sort: string; readonly group: string }
  readonly onSort: (sort: string) => void
}

const exists = (id: string) => store.nodes.has(id)

export function NodeTable({ nodes, total, query, onSort }: Props) {
  const router = useRouter()
  const isPhone = useIsPhone()
  const wanted = useMemo(() => nodes.map((node) => node.id as string), [nodes])
  const matching = useMemo(() => new Set(wanted), [wanted])
  const { shown, moves, apply, setBusy } = useStableOrder(
    wanted,
    `${query.filter}|${query.sort}|${query.group}`,
    exists,
  )
  const { selected, toggle, clear, selectAll } = useSelection(shown)
  const active = useRef<string | null>(null)
  const chosen = [...selected].map((id) => store.nodes.get(id)).filter((node) => node !== undefined)
  const entries = useEntries(shown, query.group)
  useTableKeys({ chosen, active, clear, apply, selectAll: () => selectAll(wanted) })

  const open = (id: string, inNewTab: boolean) => {
    const href = `/node?id=${encodeURIComponent(id)}`
    if (inNewTab) window.open(href, '_blank', 'noopener')
    else router.push(href)
  }

  return (
    <>
      <div className="flex min-h-8 items-center gap-3 px-4 text-compact text-muted">
        <span>
          {formatCount(shown.length)} of {plural(total, 'node')}
        </span>
        {moves > 0 && (
          <Button look="quiet" className="text-info" onClick={apply}>
            ↻ {moves} would move
          </Button>
        )}
      </div>
      {isPhone ? (
        <ul className="border-t border-line">
          {shown.map((id) => (
            <NodeCard key={id} id={id} />
          ))}
        </ul>
      ) : (
        <Grid
          label="Nodes"
          columns={nodeColumns}
          entries={entries}
          cells={NodeCells}
          sort={query.sort}
          onSort={onSort}
          selected={selected}
          onSelect={toggle}
          isFaded={(id) => !matching.has(id)}
          onOpen={open}
          onBusy={setBusy}
          onActive={(id) => {
            active.current = id
          }}
          minWidth="min-w-250"
        />
      )}
      <SelectionBar selected={chosen} shownIds={wanted} onSelectAll={() => selectAll(wanted)} onClear={clear} />
    </>
  )
}

/** The rows with a heading before each group, which says how many nodes it has and how many of them have a problem. */
function useEntries(shown: readonly string[], group: string): readonly GridEntry[] {
  return useMemo(() => {
    if (!group) return shown.map((id) => ({ kind: 'item', id }) as const)
    const entries: GridEntry[] = []
    const members = Map.groupBy(shown, (id) => {
      const node = store.nodes.get(id)
      return node ? groupOf(node, group) : ''
    })
    for (const [name, ids] of members) {
      const troubled = ids.filter((id) =>
        ['down', 'suspect', 'unknown'].includes(store.nodes.get(id)?.status ?? ''),
      ).length
      const title = `${name} · ${plural(ids.length, 'node')}${troubled > 0 ? ` · ${troubled} with problems` : ''}`
      entries.push({ kind: 'group', id: `group:${name}`, title }, ...ids.map((id) => ({ kind: 'item', id }) as const))
    }
    return entries
  }, [shown, group])
}

type KeyTargets = {
  readonly chosen: readonly NodeRow[]
  readonly active: { readonly current: string | null }
  readonly clear: () => void
  readonly apply: () => void
  readonly selectAll: () => void
}

/** Keys act on the selection, or on the row in focus when nothing is selected. A refused act says why. */
function useTableKeys({ chosen, active, clear, apply, selectAll }: KeyTargets): void {
  const role = useRole()
  const writeRefusal = useWriteRefusal()
  const targets = () => {
    if (chosen.length > 0) return chosen
    const focused = active.current === null ? undefined : store.nodes.get(active.current)
    return focused ? [focused] : []
  }
  const run =
    (act: 'cordon' | 'uncordon' | 'drain', start: (ids: ReturnType<typeof allowedOf>['ids']) => void) => () => {
      const { ids, refusal } = allowedOf(act, targets(), role, writeRefusal)
      if (refusal) toast(refusal, { tone: 'refused' })
      else start(ids)
    }
  useKeys([
    { keys: 'c', text: 'Cordon the selection', run: run('cordon', startCordon) },
    { keys: 'u', text: 'Uncordon the selection', run: run('uncordon', (ids) => void uncordon(ids)) },
    { keys: 'Shift+D', text: 'Drain the selection…', run: run('drain', openDrain) },
    { keys: '*', text: 'Select all that match', run: selectAll },
    { keys: 'Escape', text: 'Clear the selection', run: clear },
    { keys: 'Shift+R', text: 'Apply the waiting order', run: apply },
  ])
}
