'use client'

import { isWaiting, type TaskRow } from '@quarterdeck/domain'
import { api } from '../api/client.ts'
import { ActDialog } from '../ui/act-dialog.tsx'

export function CancelDialog({
  task,
  close,
}: {
  readonly task: Pick<TaskRow, 'id' | 'name' | 'state' | 'nodeId'>
  readonly close: () => void
}) {
  return (
    <ActDialog
      title={`Cancel ${task.name}?`}
      verb={`Cancel ${task.name}`}
      cancelText="Keep it"
      failure="The task was not cancelled."
      close={close}
      intentKeys={[`task:${task.id}`]}
      command={(reason) => ['task', 'cancel', task.id, ...(reason ? ['--reason', reason] : [])]}
      run={async (reason) => {
        await api.tasks.cancel.mutate({ id: task.id, reason })
        return `Asked ${task.name} to stop.`
      }}
    >
      <p>
        {isWaiting(task.state)
          ? 'It has not started: nothing is stopped, and it never runs.'
          : `Its processes on ${task.nodeId ?? 'its node'} are told to end, and killed when they do not. It is not run again.`}
      </p>
    </ActDialog>
  )
}
