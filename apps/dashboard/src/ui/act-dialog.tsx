'use client'

import { type ReactNode, useState } from 'react'
import { whileAsking } from '../acts/intents.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { commandLine } from '../format/command.ts'
import { Button } from './button.tsx'
import { CopyButton } from './copy-button.tsx'
import { Dialog } from './dialog.tsx'
import { TextField } from './field.tsx'
import { Failed } from './states.tsx'
import { toast } from './toasts.tsx'

type Props = {
  readonly title: string
  /** Verb and object, as on the button: "Promote cp-3". */
  readonly verb: string
  readonly failure: string
  readonly children: ReactNode
  readonly close: () => void
  readonly cancelText?: string
  /** Why it cannot be done at this moment. */
  readonly refusal?: string | null
  readonly withReason?: boolean
  /** L2: what must be typed, and what it is. */
  readonly typeToConfirm?: { readonly text: string; readonly label: string }
  readonly intentKeys: readonly string[]
  readonly command?: (reason: string) => readonly string[]
  readonly run: (reason: string) => Promise<string>
  /** The way back, offered with what `run` said. */
  readonly undo?: () => void
}

/** A confirmation of level 1, or of level 2 when something must be typed. `run` returns what to say when it is done. */
export function ActDialog(props: Props) {
  const {
    title,
    verb,
    failure,
    children,
    close,
    refusal = null,
    withReason = true,
    typeToConfirm,
    intentKeys,
    command,
    run,
    undo,
  } = props
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const why =
    refusal ??
    (typeToConfirm && typed !== typeToConfirm.text ? `Type ${typeToConfirm.text} first.` : null) ??
    (isSending ? 'Waiting for the answer.' : null)

  const submit = async () => {
    if (why) return
    setSending(true)
    setProblem(null)
    try {
      const done = await whileAsking(intentKeys, `${verb} requested`, () => run(reason))
      close()
      toast(done, undo ? { undo } : {})
    } catch (error) {
      setProblem(toProblem(error))
      setSending(false)
    }
  }

  return (
    <Dialog
      title={title}
      onClose={close}
      onSubmit={typeToConfirm ? undefined : () => void submit()}
      footer={
        <>
          {command && <CopyButton text={commandLine(command(reason))} label="Copy as command" />}
          <span className="flex-1" />
          <Button onClick={close}>{props.cancelText ?? 'Cancel'}</Button>
          <Button look={typeToConfirm ? 'danger' : 'primary'} refusal={why} onClick={() => void submit()}>
            {verb}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {children}
        {withReason && (
          <TextField
            label="Reason (shown to everyone)"
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
        {typeToConfirm && (
          <TextField
            label={typeToConfirm.label}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value.trim())}
          />
        )}
        {problem && <Failed what={failure} problem={problem} />}
      </div>
    </Dialog>
  )
}
