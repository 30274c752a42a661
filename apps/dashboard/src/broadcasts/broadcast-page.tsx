'use client'

import { type BroadcastId, type BroadcastView, broadcastCan } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { parseAsString, useQueryState } from 'nuqs'
import { api, queries } from '../api/client.ts'
import { useTask } from '../live/use-live.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { ActDialog } from '../ui/act-dialog.tsx'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { openDialog } from '../ui/dialog-host.tsx'
import { Card, PageHeader } from '../ui/layout.tsx'
import { NotLoaded } from '../ui/not-loaded.tsx'
import { Empty } from '../ui/states.tsx'
import { TaskStatus } from '../ui/status.tsx'
import { TaskLink, TextLink } from '../ui/text-link.tsx'
import { broadcastTone, ruleWords } from './broadcast-words.ts'

const LOOK_AGAIN_MS = 1_000

/** One broadcast: the result of every node in a grid. */
export function BroadcastPage() {
  const [id] = useQueryState('id', parseAsString.withDefault(''))
  const asked = useQuery({
    ...queries.broadcasts.get.queryOptions({ id: id as BroadcastId }),
    enabled: id !== '',
    // Tasks that live show their state from the live stream; this asks for the ends and the verdict.
    refetchInterval: ({ state }) => (state.data?.value.state === 'running' ? LOOK_AGAIN_MS : false),
  })
  if (id === '') return <Empty title="No broadcast was named." />
  if (asked.data) return <Body broadcast={asked.data.value} />
  return (
    <NotLoaded
      title="Broadcast"
      asked={asked}
      missing={{
        code: 'broadcast_not_found',
        text: () => `There is no broadcast ${id}. Ended ones are kept for 30 days, the newest 500.`,
        more: <TextLink href="/broadcasts">All broadcasts</TextLink>,
      }}
    />
  )
}

function Body({ broadcast }: { readonly broadcast: BroadcastView }) {
  const role = useRole()
  const refusal = useWriteRefusal() ?? broadcastCan.cancel(broadcast, role)
  const { success, children, cancel, race, winner } = broadcast
  const won = children.find(({ taskId }) => taskId === winner)
  return (
    <>
      <PageHeader
        title={broadcast.taskName}
        note={
          <>
            <span className={broadcastTone[broadcast.state]}>{broadcast.state}</span> · {broadcast.succeeded} of{' '}
            {broadcast.total} succeeded, {broadcast.failed} failed · succeeds when {ruleWords(success)}
            {race && (won ? ` · a race, won by ${won.nodeId}` : ' · a race: the first success wins')} · started{' '}
            <Age atMs={broadcast.createdAtMs} suffix=" ago" /> by {broadcast.by}
            {cancel && ` · cancelled by ${cancel.by}${cancel.reason ? `: ${cancel.reason}` : ''}`}
          </>
        }
      >
        <Button
          refusal={refusal}
          onClick={() => openDialog((close) => <CancelDialog broadcast={broadcast} close={close} />)}
        >
          Cancel…
        </Button>
      </PageHeader>
      <div className="p-4">
        <Card title="Result of each node">
          <ul className="grid gap-px sm:grid-cols-2 lg:grid-cols-3 2xl:grid-cols-4">
            {children.map((child, index) => (
              <Child key={child.taskId} child={child} index={index} />
            ))}
          </ul>
        </Card>
      </div>
    </>
  )
}

function Child({ child, index }: { readonly child: BroadcastView['children'][number]; readonly index: number }) {
  const live = useTask(child.taskId)
  const state = child.ended ?? live?.state ?? 'queued'
  return (
    <li className="flex items-center gap-3 px-3 py-1.5">
      <span className="w-8 text-right text-compact text-muted" title="Shard index">
        {index}
      </span>
      <span className="min-w-0 flex-1 truncate">
        {child.created ? <TaskLink id={child.taskId}>{child.nodeId}</TaskLink> : child.nodeId}
      </span>
      <TaskStatus state={state} />
      {child.exitCode !== null && child.exitCode !== 0 && <span className="text-bad">exit {child.exitCode}</span>}
    </li>
  )
}

function CancelDialog({ broadcast, close }: { readonly broadcast: BroadcastView; readonly close: () => void }) {
  const { id, taskName } = broadcast
  return (
    <ActDialog
      title={`Cancel ${taskName} on every node?`}
      verb={`Cancel ${taskName}`}
      cancelText="Keep it"
      failure="The broadcast was not cancelled."
      close={close}
      intentKeys={[`broadcast:${id}`]}
      command={(reason) => ['broadcast', 'cancel', id, ...(reason ? ['--reason', reason] : [])]}
      run={async (reason) => {
        await api.broadcasts.cancel.mutate({ id, reason })
        return `Asked ${taskName} to stop on every node.`
      }}
    >
      <p>What has not started never does. What runs is told to end, and killed when it does not.</p>
    </ActDialog>
  )
}
