'use client'

import { memo } from 'react'
import { IntentNote } from '../acts/intent-note.tsx'
import type { Column } from '../grid/grid.tsx'
import { useService } from '../live/use-live.ts'
import { Age } from '../ui/age.tsx'
import { ServiceLink } from '../ui/text-link.tsx'
import { toneText } from '../ui/tone.ts'
import { ReplicaBlocks } from './replica-blocks.tsx'
import { rolloutDone, serviceState } from './service-words.ts'

export const serviceColumns: readonly Column[] = [
  { id: 'state', title: 'Status', width: 'w-34', isSortable: true },
  { id: 'name', title: 'Service', isSortable: true },
  { id: 'healthy', title: 'Healthy', width: 'w-64' },
  { id: 'mode', title: 'Mode', width: 'w-26' },
  { id: 'version', title: 'Version', width: 'w-44' },
  { id: 'changed', title: 'Changed', width: 'w-44', isSortable: true },
]

export const ServiceCells = memo(function ServiceCells({ id }: { readonly id: string }) {
  const row = useService(id)
  if (!row) return <td colSpan={serviceColumns.length} />
  const { word, tone } = serviceState(row)
  const isUpdating = row.rollout !== null && row.rollout.state !== 'done'
  return (
    <>
      <td className={`truncate px-2 font-medium ${toneText[tone]}`}>{word}</td>
      <td className="truncate px-2">
        <ServiceLink id={id} /> <IntentNote of={`service:${id}`} />
      </td>
      <td className="truncate px-2">
        <ReplicaBlocks row={row} />
      </td>
      <td className="truncate px-2 text-muted">{row.mode}</td>
      <td className="truncate px-2">
        {isUpdating && row.rollout
          ? `v${row.rollout.fromVersion} → v${row.rollout.toVersion}, ${rolloutDone(row)} of ${row.wanted}`
          : `v${row.specVersion}`}
      </td>
      <td className="truncate px-2 text-muted">
        <Age atMs={row.changedAtMs} suffix=" ago" /> by {row.changedBy}
      </td>
    </>
  )
})
