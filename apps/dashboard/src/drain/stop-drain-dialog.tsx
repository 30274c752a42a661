'use client'

import type { NodeId } from '@quarterdeck/domain'
import { useState } from 'react'
import { whileAsking } from '../acts/intents.ts'
import { api } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { plural } from '../format/amount.ts'
import { commandLine } from '../format/command.ts'
import { store } from '../live/page.ts'
import { useVersion } from '../live/use-live.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Checkbox } from '../ui/field.tsx'
import { Failed } from '../ui/states.tsx'
import { toast } from '../ui/toasts.tsx'

export function StopDrainDialog({ ids, close }: { readonly ids: readonly NodeId[]; readonly close: () => void }) {
  useVersion('operations')
  const [isUncordon, setUncordon] = useState(false)
  const [refused, setRefused] = useState<Problem | null>(null)
  const name = ids.length === 1 ? String(ids[0]) : plural(ids.length, 'node')
  const moved = ids.reduce((sum, id) => sum + movedSoFar(id), 0)

  const submit = async () => {
    try {
      await whileAsking(
        ids.map((id) => `node:${id}`),
        'Stop requested',
        () => api.nodes.stopDrain.mutate({ ids: [...ids], uncordon: isUncordon, reason: '' }),
      )
      close()
      toast(`Stopped draining ${name}. ${isUncordon ? 'It takes new work again.' : 'It stays cordoned.'}`)
    } catch (error) {
      setRefused(toProblem(error))
    }
  }

  return (
    <Dialog
      title={`Stop draining ${name}?`}
      onClose={close}
      onSubmit={() => void submit()}
      footer={
        <>
          <CopyButton
            text={commandLine(['node', 'undrain', ...ids, ...(isUncordon ? ['--uncordon'] : [])])}
            label="Copy as command"
          />
          <span className="flex-1" />
          <Button onClick={close}>Keep draining</Button>
          <Button look="primary" onClick={() => void submit()}>
            Stop drain
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p>
          {plural(moved, 'task')} already moved {moved === 1 ? 'stays where it is' : 'stay where they are'}.{' '}
          {ids.length === 1 ? 'The node stays' : 'The nodes stay'} cordoned.
        </p>
        <Checkbox
          label="Uncordon as well"
          checked={isUncordon}
          onChange={(event) => setUncordon(event.target.checked)}
        />
        {refused && <Failed what={`The drain of ${name} goes on.`} problem={refused} />}
      </div>
    </Dialog>
  )
}

function movedSoFar(id: NodeId): number {
  const operation = store.operations.get(store.nodes.get(id)?.drain?.operationId ?? '')
  const progress = operation?.progress.find((each) => each.nodeId === id)
  return progress ? progress.tasksAtStart - progress.tasksLeft : 0
}
