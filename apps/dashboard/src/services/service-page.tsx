'use client'

import {
  compareText,
  isTerminal,
  type ServiceDetail,
  type ServiceId,
  type ServiceRow,
  type ServiceSpec,
  serviceCan,
  type TaskRow,
} from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { parseAsString, useQueryState } from 'nuqs'
import { useEffect, useMemo } from 'react'
import { IntentNote } from '../acts/intent-note.tsx'
import { queries } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { EventList } from '../events/event-list.tsx'
import { Grid } from '../grid/grid.tsx'
import { store } from '../live/page.ts'
import { useIsComplete, useService, useVersion } from '../live/use-live.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Button } from '../ui/button.tsx'
import { Card, PageHeader } from '../ui/layout.tsx'
import { Empty, Failed, Skeleton, Warning } from '../ui/states.tsx'
import { TextLink } from '../ui/text-link.tsx'
import { toneText } from '../ui/tone.ts'
import { AutoscaleCard } from './autoscale-card.tsx'
import { InstanceCells, instanceColumns } from './instance-cells.tsx'
import { openApply, openRemoveService, openScale } from './open-dialogs.tsx'
import { ReplicaBlocks } from './replica-blocks.tsx'
import { RolloutPanel } from './rollout-panel.tsx'
import { serviceState, wantedWords } from './service-words.ts'
import { VersionList } from './version-list.tsx'

const DECISIONS_EVERY_MS = 5_000

/** One service: its replicas as they are, its update, its versions, and what happened to it. */
export function ServicePage() {
  const [id] = useQueryState('id', parseAsString.withDefault(''))
  const row = useService(id)
  const isComplete = useIsComplete()
  // The versions are not in the stream: asked again when another one is in force, or was made.
  const detail = useQuery({
    ...queries.services.get.queryOptions({ id: id as ServiceId }),
    enabled: row !== undefined,
    staleTime: 0,
    refetchOnWindowFocus: false,
    // Nor are the decisions of autoscaling, of which there is one each few seconds.
    refetchInterval: row?.autoscale ? DECISIONS_EVERY_MS : false,
  })
  const known = detail.data?.value
  const { refetch } = detail
  const changedAtMs = row?.changedAtMs
  useEffect(() => {
    if (changedAtMs !== undefined) void refetch()
  }, [changedAtMs, refetch])
  if (!row && !isComplete) return <Skeleton rows={8} />
  if (!row) {
    return (
      <Empty title={`There is no service ${id}.`}>
        <TextLink href="/services">All services</TextLink>
      </Empty>
    )
  }
  return (
    <>
      <Header row={row} detail={known} />
      <div className="grid gap-3 p-4">
        {row.condition.state === 'degraded' && <Warning tone="bad">{row.condition.because}</Warning>}
        <RolloutPanel row={row} />
        {row.mode === 'replicated' && <AutoscaleCard row={row} autoscaler={known?.autoscaler ?? null} />}
        <Card title="Replicas">
          <Instances id={id} />
        </Card>
        <Card title="Versions">
          {known && <VersionList row={row} versions={known.versions} />}
          {!known && detail.error && (
            <Failed
              what="The versions could not be loaded."
              problem={toProblem(detail.error)}
              onRetry={() => void refetch()}
            />
          )}
        </Card>
        <Card title="Events">
          <EventList subject={{ kind: 'service', id }} />
        </Card>
      </div>
    </>
  )
}

function Header({ row, detail }: { readonly row: ServiceRow; readonly detail: ServiceDetail | undefined }) {
  const role = useRole()
  const write = useWriteRefusal()
  const { word, tone } = serviceState(row)
  const spec = detail ? specOf(row, detail) : null
  return (
    <PageHeader
      title={row.id}
      note={
        <span className="flex flex-wrap items-center gap-x-3">
          <span className={`font-medium ${toneText[tone]}`}>{word}</span>
          <ReplicaBlocks row={row} />
          <span>{wantedWords(row)}</span>
          <span>version {row.specVersion}</span>
          <IntentNote of={`service:${row.id}`} />
        </span>
      }
    >
      <Button refusal={write ?? serviceCan.scale(row, role)} onClick={() => openScale(row)}>
        Scale…
      </Button>
      <Button
        look="primary"
        refusal={write ?? serviceCan.change(row, role) ?? (spec ? null : 'Waiting for its versions.')}
        onClick={() => spec && openApply(spec)}
      >
        Edit…
      </Button>
      <Button refusal={write ?? serviceCan.remove(row, role)} onClick={() => openRemoveService(row.id)}>
        Remove…
      </Button>
    </PageHeader>
  )
}

/** What would have to stand in a file for the service to be as it is. */
function specOf(row: ServiceRow, { versions }: ServiceDetail): ServiceSpec | null {
  const version = versions.find((each) => each.version === row.specVersion)
  if (!version) return null
  const { id, mode, replicas, minAvailable, restart, update, autoscale } = row
  const { task, health } = version
  return { name: id, mode, replicas, minAvailable, task, health, restart, update, ...(autoscale ? { autoscale } : {}) }
}

function Instances({ id }: { readonly id: string }) {
  const router = useRouter()
  const version = useVersion('tasks')
  const entries = useMemo(() => {
    void version
    return [...store.tasks.values()]
      .filter((task) => task.replica?.serviceId === id)
      .sort(bySlot)
      .map((task) => ({ kind: 'item', id: task.id as string }) as const)
  }, [id, version])
  if (entries.length === 0) return <Empty title="It has no replicas yet." />
  return (
    <Grid
      label={`Replicas of ${id}`}
      columns={instanceColumns}
      entries={entries}
      cells={InstanceCells}
      isFaded={(taskId) => isTerminal(store.tasks.get(taskId)?.state ?? 'succeeded')}
      onOpen={(taskId, inNewTab) => {
        const href = `/task?id=${encodeURIComponent(taskId)}`
        if (inNewTab) window.open(href, '_blank', 'noopener')
        else router.push(href)
      }}
    />
  )
}

/** Live ones by their slot, then those that ended, the newest first. */
function bySlot(a: TaskRow, b: TaskRow): number {
  const ended = Number(isTerminal(a.state)) - Number(isTerminal(b.state))
  if (ended !== 0) return ended
  if (isTerminal(a.state)) return b.sinceMs - a.sinceMs
  return compareText(a.replica?.slot ?? '', b.replica?.slot ?? '') || b.createdAtMs - a.createdAtMs
}
