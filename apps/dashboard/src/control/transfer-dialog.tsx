'use client'

import type { ControllerId } from '@quarterdeck/domain'
import { api, queries, queryClient } from '../api/client.ts'
import { formatDuration } from '../format/duration.ts'
import { store } from '../live/page.ts'
import { useController, useVersion } from '../live/use-live.ts'
import { ActDialog } from '../ui/act-dialog.tsx'
import { Warning } from '../ui/states.tsx'

/** A controller that is further behind must catch up first. */
const BEHIND_MAX_MS = 1_000

export function TransferDialog({ to, close }: { readonly to: ControllerId; readonly close: () => void }) {
  useVersion('tick')
  const target = useController(to)
  const leader = store.tick?.leader?.controllerId ?? null
  const behindMs = target?.behindMs ?? null
  const refusal =
    target?.role !== 'standby'
      ? `${to} is ${target?.role ?? 'gone'}; only a standby can take over.`
      : behindMs !== null && behindMs > BEHIND_MAX_MS
        ? `${to} is ${formatDuration(behindMs)} behind. Promote when it has caught up.`
        : null
  return (
    <ActDialog
      title={`Promote ${to} to leader?`}
      verb={`Promote ${to}`}
      failure="Leadership stays where it was."
      close={close}
      refusal={refusal}
      intentKeys={[`controller:${to}`]}
      command={(reason) => ['control', 'transfer', to, ...(reason ? ['--reason', reason] : [])]}
      run={async (reason) => {
        const { epoch, tookMs } = await api.controlPlane.transfer.mutate({ to, reason })
        void queryClient.invalidateQueries(queries.controlPlane.view.queryFilter())
        return `${to} leads with epoch ${epoch}. The move took ${formatDuration(tookMs)}.`
      }}
    >
      <p>
        Leadership moves{leader ? ` from ${leader}` : ''}. Running tasks continue; dispatch and drains wait until {to}{' '}
        leads.
        {behindMs !== null && ` ${to} is ${formatDuration(behindMs)} behind.`}
      </p>
      {leader === store.hello?.controllerId && (
        <p className="text-muted">You are connected through {leader}. It goes on serving this page as a standby.</p>
      )}
      {refusal && <Warning>{refusal}</Warning>}
    </ActDialog>
  )
}
