'use client'

import type { NodeId } from '@quarterdeck/domain'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { whileAsking } from '../acts/intents.ts'
import { api } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { plural } from '../format/amount.ts'
import { commandLine } from '../format/command.ts'
import { store } from '../live/page.ts'
import { useFreshness } from '../live/use-live.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { Failed, Skeleton, Warning } from '../ui/states.tsx'
import { toast } from '../ui/toasts.tsx'
import { DrainFields } from './drain-fields.tsx'
import { drainCommand, emptyDrainForm, losesWork, toDrainOptions } from './drain-form.ts'
import { PlanSummary } from './plan-summary.tsx'
import { SharePlan } from './share-plan.tsx'
import { useDrainPreview } from './use-drain-preview.ts'

/** Drains one node or many, after showing what will happen. What is confirmed is the very plan that was shown. */
export function DrainDialog({ ids, close }: { readonly ids: readonly NodeId[]; readonly close: () => void }) {
  const router = useRouter()
  const [form, setForm] = useState(emptyDrainForm)
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const [isSending, setSending] = useState(false)
  const [refused, setRefused] = useState<Problem | null>(null)
  const options = toDrainOptions(form)
  const { plan, problem, changed, recompute } = useDrainPreview(ids, options)
  const { state } = useFreshness()
  const name = ids.length === 1 ? String(ids[0]) : plural(ids.length, 'node')
  const isForce = losesWork(form)
  const stopped =
    plan?.moves.filter((move) => move.fate === 'moves' || move.fate === 'ends' || move.fate === 'nowhere').length ?? 0
  const refusal =
    options === null
      ? 'The duration cannot be read.'
      : plan === null
        ? 'The preview is being computed.'
        : (changed ??
          (isForce && typed !== String(stopped) ? `Type ${stopped}, the number of tasks that will be stopped.` : null))

  const submit = async () => {
    if (isSending || refusal || !options || !plan) return
    setSending(true)
    setRefused(null)
    try {
      const { operationId } = await whileAsking(
        ids.map((id) => `node:${id}`),
        'Drain requested',
        () => api.nodes.drain.mutate({ ids: [...ids], options, reason, planId: plan.id }),
      )
      close()
      toast(`Draining ${name}.`, {
        more: (
          <Button look="quiet" onClick={() => router.push(`/operation?id=${operationId}`)}>
            Show
          </Button>
        ),
      })
    } catch (error) {
      const said = toProblem(error)
      setRefused(said)
      setSending(false)
      if (said.code === 'plan_outdated' || said.code === 'plan_not_found') recompute()
    }
  }

  return (
    <Dialog
      width="wide"
      title={`Drain ${name}`}
      onClose={close}
      onSubmit={isForce ? undefined : () => void submit()}
      footer={
        <>
          <CopyButton text={commandLine(drainCommand(ids, form, reason))} label="Copy as command" />
          <SharePlan plan={plan} reason={reason} close={close} />
          <span className="flex-1" />
          <Button onClick={close}>Cancel</Button>
          <Button
            look={isForce ? 'danger' : 'primary'}
            refusal={isSending ? 'Waiting for the answer.' : refusal}
            onClick={() => void submit()}
          >
            {isForce ? 'Force drain' : 'Drain'} {name}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p>Moves {ids.length === 1 ? 'its' : 'their'} work to other nodes and takes nothing new.</p>
        {state !== 'live' && state !== 'delayed' && (
          <Warning>This page is not live at the moment ({state}). The preview may be old.</Warning>
        )}
        <HostsThisPage ids={ids} />
        <DrainFields form={form} onChange={(change) => setForm((before) => ({ ...before, ...change }))} />
        <TextField
          label="Reason (shown to everyone)"
          value={reason}
          maxLength={500}
          placeholder="kernel update"
          onChange={(event) => setReason(event.target.value)}
        />
        <section aria-label="Preview" aria-live="off" className="rounded-card border border-line bg-surface p-3">
          <header className="mb-1.5 flex justify-between text-compact text-muted">
            <h3 className="font-semibold text-text">Preview</h3>
            <span>as of now, updates live</span>
          </header>
          {plan ? (
            <PlanSummary plan={plan} />
          ) : problem ? (
            <Failed what="The preview could not be computed." problem={problem} onRetry={recompute} />
          ) : (
            <Skeleton rows={3} />
          )}
          {plan && problem && <Warning>{problem.message} This preview may be old.</Warning>}
          {changed && <Warning tone="info">{changed}</Warning>}
        </section>
        {isForce && plan && (
          <TextField
            label={`Type the number of tasks that will be stopped: ${stopped}`}
            inputMode="numeric"
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value.trim())}
          />
        )}
        {refused && <Failed what={`${name} was not drained.`} problem={refused} />}
      </div>
    </Dialog>
  )
}

/** Warns when the act hits what this page itself hangs on. */
function HostsThisPage({ ids }: { readonly ids: readonly NodeId[] }) {
  const own = store.controllers.get(store.hello?.controllerId ?? '')
  if (!own?.nodeId || !ids.includes(own.nodeId)) return null
  return (
    <Warning>
      You are connected through the controller on {own.nodeId}. If it stops, the page will go on from another one.
    </Warning>
  )
}
