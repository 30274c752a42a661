'use client'

import type { NodeId } from '@quarterdeck/domain'
import { useState } from 'react'
import { cordon } from '../acts/node-acts.ts'
import { plural } from '../format/amount.ts'
import { commandLine } from '../format/command.ts'
import { store } from '../live/page.ts'
import { useVersion } from '../live/use-live.ts'
import { ActPreviewText } from '../preview/act-preview.tsx'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'

export function CordonDialog({ ids, close }: { readonly ids: readonly NodeId[]; readonly close: () => void }) {
  useVersion('nodes')
  const [reason, setReason] = useState('')
  const name = ids.length === 1 ? String(ids[0]) : plural(ids.length, 'node')
  const submit = () => {
    close()
    void cordon(ids, reason)
  }
  const kept = ids.reduce((sum, id) => sum + (store.nodes.get(id)?.tasksPlaced ?? 0), 0)
  return (
    <Dialog
      title={`Cordon ${name}`}
      onClose={close}
      onSubmit={submit}
      footer={
        <>
          <CopyButton
            text={commandLine(['node', 'cordon', ...ids, ...(reason ? ['--reason', reason] : [])])}
            label="Copy as command"
          />
          <span className="flex-1" />
          <Button onClick={close}>Cancel</Button>
          <Button look="primary" onClick={submit}>
            Cordon {name}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p>
          {ids.length === 1 ? 'It keeps its' : 'They keep their'} {plural(kept, 'task')} and{' '}
          {ids.length === 1 ? 'takes' : 'take'} nothing new.
        </p>
        <ActPreviewText act="cordon" ids={ids} />
        <TextField
          label="Reason (shown to everyone)"
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.target.value)}
        />
      </div>
    </Dialog>
  )
}
