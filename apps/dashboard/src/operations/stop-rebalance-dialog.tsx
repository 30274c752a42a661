'use client'

import type { OperationId } from '@quarterdeck/domain'
import { api } from '../api/client.ts'
import { ActDialog } from '../ui/act-dialog.tsx'

export function StopRebalanceDialog({ id, close }: { readonly id: OperationId; readonly close: () => void }) {
  return (
    <ActDialog
      title="Stop this rebalance?"
      verb="Stop rebalance"
      failure="It goes on."
      cancelText="Let it go on"
      close={close}
      intentKeys={['cluster']}
      command={(reason) => ['operation', 'stop', id, ...(reason ? ['--reason', reason] : [])]}
      run={async (reason) => {
        await api.operations.stop.mutate({ id, reason })
        return 'The rebalance is stopped. What has moved stays where it is.'
      }}
    >
      <p>No further task is moved. Tasks that were already stopped begin again on their new node.</p>
    </ActDialog>
  )
}
