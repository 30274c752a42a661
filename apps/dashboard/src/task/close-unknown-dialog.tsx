'use client'

import type { TaskRow } from '@quarterdeck/domain'
import { api } from '../api/client.ts'
import { ActDialog } from '../ui/act-dialog.tsx'

export function CloseUnknownDialog({
  task,
  close,
}: {
  readonly task: Pick<TaskRow, 'id' | 'name' | 'nodeId'>
  readonly close: () => void
}) {
  return (
    <ActDialog
      title={`Close ${task.name} as lost?`}
      verb={`Close ${task.name}`}
      failure="The task was not closed."
      close={close}
      typeToConfirm={{ text: task.name, label: `Type ${task.name} to confirm` }}
      intentKeys={[`task:${task.id}`]}
      run={async (reason) => {
        await api.tasks.closeUnknown.mutate({ id: task.id, reason })
        return `${task.name} is closed as lost.`
      }}
    >
      <p>
        Nobody knows whether it still runs on {task.nodeId ?? 'its node'}. Closing it says that it does not; a result
        that arrives later is not counted.
      </p>
    </ActDialog>
  )
}
