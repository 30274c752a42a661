'use client'

import type { WorkflowId, WorkflowRunView } from '@quarterdeck/domain'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { ActDialog } from '../ui/act-dialog.tsx'
import { TextArea } from '../ui/field.tsx'

const reasonFlag = (reason: string) => (reason ? ['--reason', reason] : [])

export function StartDialog({ id, close }: { readonly id: WorkflowId; readonly close: () => void }) {
  const router = useRouter()
  const [text, setText] = useState('{}')
  const read = readJson(text)
  return (
    <ActDialog
      title={`Start a run of ${id}`}
      verb="Start"
      failure="No run was started."
      withReason={false}
      close={close}
      refusal={read.ok ? null : read.because}
      intentKeys={[`workflow:${id}`]}
      command={() => ['workflow', 'run', id, '--input', text]}
      run={async () => {
        if (!read.ok) return ''
        const { runId } = await api.workflows.start.mutate({ id, input: read.value as null })
        router.push(`/workflow-run?id=${encodeURIComponent(runId)}`)
        return `Run ${runId} was started.`
      }}
    >
      <TextArea
        label="Input (JSON)"
        hint="Conditions and inputs of steps read it as input."
        rows={5}
        spellCheck={false}
        value={text}
        problem={read.ok ? null : read.because}
        onChange={(event) => setText(event.target.value)}
      />
    </ActDialog>
  )
}

function readJson(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly because: string } {
  if (text.trim() === '') return { ok: true, value: null }
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    return { ok: false, because: `The input is not JSON: ${error instanceof Error ? error.message : 'broken'}` }
  }
}

type RunProps = { readonly run: WorkflowRunView; readonly close: () => void }

export function CancelDialog({ run: { id, steps }, close }: RunProps) {
  const undone = steps.filter(({ state, undoneBy }) => state === 'succeeded' && undoneBy !== null)
  return (
    <ActDialog
      title={`Cancel run ${id}?`}
      verb="Cancel the run"
      cancelText="Keep it"
      failure="The run was not cancelled."
      close={close}
      intentKeys={[`workflow-run:${id}`]}
      command={(reason) => ['workflow', 'cancel', id, ...reasonFlag(reason)]}
      run={async (reason) => {
        await api.workflows.cancel.mutate({ id, reason })
        return `Run ${id} is being cancelled.`
      }}
    >
      <p>
        No further step begins, and those that run are ended.{' '}
        {undone.length === 0
          ? 'Nothing that succeeded so far has a step that undoes it.'
          : `Then ${undone
              .map(({ name }) => name)
              .reverse()
              .join(', ')} ${undone.length === 1 ? 'is' : 'are'} undone.`}
      </p>
    </ActDialog>
  )
}

export function RetryDialog({ run: { id, steps }, close }: RunProps) {
  const kept = steps.filter(({ state, undo }) => state === 'succeeded' && undo?.state !== 'done')
  return (
    <ActDialog
      title={`Retry run ${id} from where it failed?`}
      verb="Retry"
      failure="The run was not retried."
      close={close}
      intentKeys={[`workflow-run:${id}`]}
      command={(reason) => ['workflow', 'retry', id, ...reasonFlag(reason)]}
      run={async (reason) => {
        await api.workflows.retry.mutate({ id, reason })
        return `Run ${id} goes on.`
      }}
    >
      <p>
        {kept.length === 0
          ? 'Nothing of it stands, so every step runs again.'
          : `${kept.map(({ name }) => name).join(', ')} succeeded and ${kept.length === 1 ? 'is' : 'are'} kept. Every other step is decided again.`}
      </p>
    </ActDialog>
  )
}

export function RemoveDialog({ id, close }: { readonly id: WorkflowId; readonly close: () => void }) {
  const router = useRouter()
  return (
    <ActDialog
      title={`Remove workflow ${id}?`}
      verb={`Remove ${id}`}
      failure="The workflow stays."
      close={close}
      typeToConfirm={{ text: id, label: `Type ${id} to remove it` }}
      intentKeys={[`workflow:${id}`]}
      command={(reason) => ['workflow', 'rm', id, ...reasonFlag(reason)]}
      run={async (reason) => {
        await api.workflows.remove.mutate({ id, reason })
        router.push('/workflows')
        return `Workflow ${id} is removed.`
      }}
    >
      <p>No new run can be started. Runs that live go on to their end.</p>
    </ActDialog>
  )
}
