'use client'

import { useRouter } from 'next/navigation'
import { useMemo } from 'react'
import { Grid } from '../grid/grid.tsx'
import { useStableOrder } from '../grid/use-stable-order.ts'
import { useKeys } from '../keyboard/keys.ts'
import { store } from '../live/page.ts'
import { Button } from '../ui/button.tsx'
import { useIsPhone } from '../ui/use-media.ts'
import { TaskCard } from './task-card.tsx'
import { CompactTaskCells, compactTaskColumns, TaskCells, taskColumns } from './task-cells.tsx'

type Props = {
  readonly ids: readonly string[]
  /** What was asked for; a new question is answered at once, live changes wait while the pointer is in the table. */
  readonly question: string
  readonly label: string
  readonly sort?: string
  readonly onSort?: (sort: string) => void
  readonly isCompact?: boolean
}

const exists = (id: string) => store.tasks.has(id)

export function TaskTable({ ids, question, label, sort, onSort, isCompact = false }: Props) {
  const router = useRouter()
  const isPhone = useIsPhone()
  const { shown, moves, apply, setBusy } = useStableOrder(ids, question, exists)
  const matching = useMemo(() => new Set(ids), [ids])
  const entries = useMemo(() => shown.map((id) => ({ kind: 'item', id }) as const), [shown])
  useKeys([{ keys: 'Shift+R', text: 'Apply the waiting order', run: apply }])
  const open = (id: string, inNewTab: boolean) => {
    const href = `/task?id=${encodeURIComponent(id)}`
    if (inNewTab) window.open(href, '_blank', 'noopener')
    else router.push(href)
  }
  return (
    <>
      {moves > 0 && (
        <Button look="quiet" className="mx-2 text-info" onClick={apply}>
          ↻ {moves} would move
        </Button>
      )}
      {isPhone ? (
        <ul>
          {shown.map((id) => (
            <TaskCard key={id} id={id} />
          ))}
        </ul>
      ) : (
        <Grid
          label={label}
          columns={isCompact ? compactTaskColumns : taskColumns}
          entries={entries}
          cells={isCompact ? CompactTaskCells : TaskCells}
          {...(sort === undefined ? {} : { sort })}
          {...(onSort ? { onSort } : {})}
          isFaded={(id) => !matching.has(id)}
          onOpen={open}
          onBusy={setBusy}
          minWidth={isCompact ? 'min-w-120' : 'min-w-220'}
        />
      )}
    </>
  )
}
