'use client'

import { clusterCan, compareText, type ServiceRow } from '@quarterdeck/domain'
import { useRouter } from 'next/navigation'
import { parseAsString, useQueryState } from 'nuqs'
import { useMemo } from 'react'
import { Grid } from '../grid/grid.tsx'
import { useStableOrder } from '../grid/use-stable-order.ts'
import { store } from '../live/page.ts'
import { useIsComplete, useVersion } from '../live/use-live.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { PageHeader } from '../ui/layout.tsx'
import { Empty, Skeleton } from '../ui/states.tsx'
import { openApply } from './open-dialogs.tsx'
import { ServiceCells, serviceColumns } from './service-cells.tsx'
import { serviceState } from './service-words.ts'

const exists = (id: string) => store.services.has(id)

/** Programs that run on for ever: how many replicas of each are healthy, and what is changing. */
export function ServicesPage() {
  const router = useRouter()
  const role = useRole()
  const refusal = useWriteRefusal() ?? clusterCan.dispatch(role)
  const [text, setText] = useQueryState('q', parseAsString.withDefault('').withOptions({ history: 'replace' }))
  const [sort, setSort] = useQueryState('sort', parseAsString.withDefault('state').withOptions({ history: 'replace' }))
  const isComplete = useIsComplete()
  const version = useVersion('services')
  const ids = useMemo(() => {
    void version
    return [...store.services.values()]
      .filter(({ id }) => id.includes(text.trim().toLowerCase()))
      .sort(compareServices(sort))
      .map(({ id }) => id as string)
  }, [text, sort, version])
  const { shown, moves, apply, setBusy } = useStableOrder(ids, `${text}|${sort}`, exists)
  const entries = useMemo(() => shown.map((id) => ({ kind: 'item', id }) as const), [shown])
  const open = (id: string, inNewTab: boolean) => {
    const href = `/service?id=${encodeURIComponent(id)}`
    if (inNewTab) window.open(href, '_blank', 'noopener')
    else router.push(href)
  }

  return (
    <>
      <PageHeader title="Services" note="Programs that run on: their replicas, health and updates">
        <Button look="primary" refusal={refusal} onClick={() => openApply(null)}>
          Apply a service…
        </Button>
      </PageHeader>
      {!isComplete && <Skeleton rows={8} />}
      {isComplete && store.services.size === 0 && (
        <Empty title="No service yet. A service keeps a number of replicas of a program running, on any nodes or on every node.">
          <Button refusal={refusal} onClick={() => openApply(null)}>
            Apply a service…
          </Button>
        </Empty>
      )}
      {isComplete && store.services.size > 0 && (
        <>
          <div className="flex items-end gap-2 px-4 pb-2">
            <TextField
              label="Part of the name"
              className="w-64"
              value={text}
              onChange={(event) => void setText(event.target.value || null)}
            />
            {moves > 0 && (
              <Button look="quiet" className="text-info" onClick={apply}>
                ↻ {moves} would move
              </Button>
            )}
          </div>
          {ids.length === 0 ? (
            <Empty title={`No service has ${text} in its name.`}>
              <Button onClick={() => void setText(null)}>Clear filter</Button>
            </Empty>
          ) : (
            <Grid
              label="Services"
              columns={serviceColumns}
              entries={entries}
              cells={ServiceCells}
              sort={sort}
              onSort={(next) => void setSort(next)}
              onOpen={open}
              onBusy={setBusy}
            />
          )}
        </>
      )}
    </>
  )
}

/** What needs a person first. */
const urgency = { bad: 0, warn: 1, info: 2, calm: 3, ready: 4, muted: 5 } as const

function compareServices(sort: string): (a: ServiceRow, b: ServiceRow) => number {
  const byName = (a: ServiceRow, b: ServiceRow) => compareText(a.id, b.id)
  const orders: Readonly<Record<string, typeof byName>> = {
    state: (a, b) => urgency[serviceState(a).tone] - urgency[serviceState(b).tone],
    name: byName,
    changed: (a, b) => b.changedAtMs - a.changedAtMs,
  }
  const isReverse = sort.startsWith('-')
  const order = orders[isReverse ? sort.slice(1) : sort] ?? byName
  return (a, b) => (isReverse ? -order(a, b) : order(a, b)) || byName(a, b)
}
