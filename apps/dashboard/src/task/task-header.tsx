'use client'

import { clusterCan, type TaskRow, taskCan } from '@quarterdeck/domain'
import { useRouter } from 'next/navigation'
import { lazy } from 'react'
import { IntentNote } from '../acts/intent-note.tsx'
import { whileAsking } from '../acts/intents.ts'
import { attempt } from '../acts/node-acts.ts'
import { api } from '../api/client.ts'
import { formatShare } from '../format/amount.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { TaskDuration } from '../tasks/task-cells.tsx'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { copyText } from '../ui/copy-button.tsx'
import { openDialog } from '../ui/dialog-host.tsx'
import { PageHeader } from '../ui/layout.tsx'
import { Menu } from '../ui/menu.tsx'
import { TaskStatus } from '../ui/status.tsx'
import { NodeLink, TaskLink } from '../ui/text-link.tsx'
import { exitSentence } from './end-sentence.ts'

const CancelDialog = lazy(() => import('./cancel-dialog.tsx').then((module) => ({ default: module.CancelDialog })))
const CloseUnknownDialog = lazy(() =>
  import('./close-unknown-dialog.tsx').then((module) => ({ default: module.CloseUnknownDialog })),
)

type Shown = Omit<TaskRow, 'revision'>

export function TaskHeader({ task }: { readonly task: Shown }) {
  const router = useRouter()
  const role = useRole()
  const write = useWriteRefusal()
  const { id } = task
  const rerun = () =>
    attempt(async () => {
      const { taskId } = await whileAsking([`task:${id}`], 'Run again requested', () => api.tasks.rerun.mutate({ id }))
      router.push(`/task?id=${taskId}`)
    })
  return (
    <PageHeader
      title={task.name}
      note={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <TaskStatus state={task.state} />
          {task.nodeId && (
            <span>
              on <NodeLink id={task.nodeId} />
            </span>
          )}
          <span>
            ran <TaskDuration task={task} />
          </span>
          <span>attempt {task.attempt}</span>
          {task.exit && <span>{exitSentence(task.exit)}</span>}
          {task.despite && (
            <span className="text-warn">
              {task.despite === 'ignored' ? 'failed, and the error was ignored' : 'failed, its fallback value stands'}
            </span>
          )}
          {task.background && task.endedAtMs === null && <span>failed once, tried again in the background</span>}
          <span>
            submitted <Age atMs={task.createdAtMs} suffix=" ago" /> by {task.submittedBy}
          </span>
          {task.fallback && (
            <span>
              its fallback <TaskLink id={task.fallback} /> runs in its place
            </span>
          )}
          {task.retryOf && (
            <span>
              runs <TaskLink id={task.retryOf} /> again
            </span>
          )}
          {task.progress && (
            <span>
              {task.progress.share !== null && formatShare(task.progress.share)} {task.progress.text}
            </span>
          )}
          <code className="font-mono text-compact">{id}</code>
          <IntentNote of={`task:${id}`} />
        </span>
      }
    >
      <Button
        refusal={write ?? taskCan.cancel(task, role)}
        onClick={() => openDialog((close) => <CancelDialog task={task} close={close} />)}
      >
        Cancel…
      </Button>
      <Button refusal={write ?? taskCan.rerun(task, role)} onClick={() => void rerun()}>
        Run again
      </Button>
      <Menu
        trigger={<Button>More ▾</Button>}
        items={[
          {
            text: 'Dispatch one like it…',
            refusal: write ?? clusterCan.dispatch(role),
            onSelect: () => router.push(`/dispatch?like=${id}`),
          },
          {
            text: 'Close as lost…',
            refusal: write ?? taskCan.closeUnknown(task, role),
            isDangerous: true,
            onSelect: () => openDialog((close) => <CloseUnknownDialog task={task} close={close} />),
          },
          { text: 'Copy the id', onSelect: () => void copyText(id) },
        ]}
      />
    </PageHeader>
  )
}
