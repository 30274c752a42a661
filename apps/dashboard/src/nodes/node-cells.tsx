'use client'

import type { NodeRow } from '@quarterdeck/domain'
import { memo, useMemo } from 'react'
import { IntentNote } from '../acts/intent-note.tsx'
import { Trend } from '../charts/trend.tsx'
import type { Column } from '../grid/grid.tsx'
import { store } from '../live/page.ts'
import { useIsLastKnown, useLoad, useNode, useVersion } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { Age } from '../ui/age.tsx'
import { ShareBar } from '../ui/bars.tsx'
import { NodeStatus } from '../ui/status.tsx'
import { NodeLink } from '../ui/text-link.tsx'

export const nodeColumns: readonly Column[] = [
  { id: 'status', title: 'Status', width: 'w-34', isSortable: true },
  { id: 'name', title: 'Name', isSortable: true },
  { id: 'role', title: 'Role', width: 'w-22', isSortable: true },
  { id: 'zone', title: 'Zone', width: 'w-24', isSortable: true },
  { id: 'tasks', title: 'Tasks', width: 'w-18', isSortable: true, align: 'right' },
  { id: 'cpu', title: 'CPU', width: 'w-34', isSortable: true },
  { id: 'memory', title: 'Memory', width: 'w-34', isSortable: true },
  { id: 'trend', title: 'CPU, 60 s', width: 'w-24' },
  { id: 'since', title: 'Since', width: 'w-22', isSortable: true },
  { id: 'age', title: 'Age', width: 'w-16', align: 'right' },
  { id: 'version', title: 'Version', width: 'w-20', isSortable: true },
]

/** The cells of one node. */
export const NodeCells = memo(function NodeCells({ id }: { readonly id: string }) {
  const node = useNode(id)
  const load = useLoad(node?.slot)
  const isPast = useIsLastKnown() || isSilent(node)
  if (!node) return <td colSpan={nodeColumns.length} />
  return (
    <>
      <td className="truncate px-2">
        <NodeStatus node={node} />
      </td>
      <td className="truncate px-2">
        <NodeLink id={id} /> <IntentNote of={`node:${id}`} />
        {node.quarantined && <span className="ml-1 text-warn">quarantined</span>}
      </td>
      <td className="truncate px-2">
        <NodeRole role={node.role} />
      </td>
      <td className="truncate px-2">{node.zone}</td>
      <td className="px-2 text-right">
        {node.tasksPlaced}/{node.capacity.taskSlots}
        {node.scheduling === 'draining' && <span aria-hidden> ↓</span>}
      </td>
      <td className="px-2">
        <ShareBar share={load?.cpuShare ?? null} label="CPU" isLastKnown={isPast} />
      </td>
      <td className="px-2">
        <ShareBar share={load?.memoryShare ?? null} label="Memory" isLastKnown={isPast} />
      </td>
      <td className="px-2">
        <NodeTrend slot={node.slot} />
      </td>
      <td className="truncate px-2 text-muted">
        <Age atMs={node.scheduling === 'open' ? node.healthSinceMs : node.schedulingSinceMs} />
      </td>
      <td className="px-2 text-right text-warn">
        <BeatAge beatAtMs={load?.beatAtMs ?? null} />
      </td>
      <td className="truncate px-2 text-muted">{node.facts.agentVersion}</td>
    </>
  )
})

/** Values of a node that does not answer are its last known ones. */
export function isSilent(node: NodeRow | undefined): boolean {
  return node?.health === 'down' || node?.health === 'suspect' || node?.health === 'left' || node?.health === 'unknown'
}

const roleMarks = { leader: '♛ Leader', standby: '◇ Standby', worker: '' } as const

export function NodeRole({ role }: { readonly role: NodeRow['role'] }) {
  return role === 'worker' ? (
    <span className="text-muted">
      <span aria-hidden>–</span>
      <span className="sr-only">Worker</span>
    </span>
  ) : (
    <span>{roleMarks[role]}</span>
  )
}

function NodeTrend({ slot }: { readonly slot: number }) {
  const version = useVersion('load')
  const values = useMemo(() => {
    void version
    return store.load.trend(slot)
  }, [slot, version])
  return <Trend values={values} label="CPU of the last 60 seconds" />
}

const WORTH_SHOWING_MS = 2_000

/** Shown only when it matters: a fresh heartbeat needs no number. */
function BeatAge({ beatAtMs }: { readonly beatAtMs: number | null }) {
  const nowMs = useNow()
  if (beatAtMs === null || nowMs === 0 || nowMs - beatAtMs <= WORTH_SHOWING_MS) return null
  return <Age atMs={beatAtMs} />
}
