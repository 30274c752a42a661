'use client'

import { limits, type ServiceId, type ServiceRow, serviceCan } from '@quarterdeck/domain'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { plural } from '../format/amount.ts'
import { useService } from '../live/use-live.ts'
import { useRole } from '../session/use-me.ts'
import { ActDialog } from '../ui/act-dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { Warning } from '../ui/states.tsx'
import { useServicePlan } from './use-service-plan.tsx'

type Props = { readonly id: ServiceId; readonly close: () => void }

const reasonFlag = (reason: string) => (reason ? ['--reason', reason] : [])

export function ScaleDialog({ row, close }: { readonly row: ServiceRow; readonly close: () => void }) {
  const { id } = row
  const role = useRole()
  const [text, setText] = useState(String(row.replicas))
  const replicas = Number(text)
  const isNumber = /^\d+$/.test(text) && replicas <= limits.replicasMax
  const refusal =
    serviceCan.scale(row, role) ??
    (isNumber ? null : `Give a whole number from 0 to ${limits.replicasMax}.`) ??
    (replicas === row.replicas ? `${id} already has ${plural(replicas, 'replica')}.` : null)
  const { plan, view } = useServicePlan(refusal ? null : { kind: 'scale', id, replicas })
  return (
    <ActDialog
      title={`Scale ${id}`}
      verb={isNumber ? `Scale to ${replicas}` : 'Scale'}
      failure="The number of replicas stays as it was."
      close={close}
      refusal={refusal ?? (plan ? null : 'The plan is being made.')}
      intentKeys={[`service:${id}`]}
      command={(reason) => ['service', 'scale', id, text, ...reasonFlag(reason)]}
      run={async (reason) => {
        if (!plan) throw new Error('there is no plan')
        await api.services.carryOut.mutate({ planId: plan.id, reason })
        return `Service ${id} goes from ${row.replicas} to ${plural(replicas, 'replica')}.`
      }}
    >
      <TextField
        label="Replicas"
        inputMode="numeric"
        value={text}
        onChange={(event) => setText(event.target.value.trim())}
      />
      {isNumber && replicas < row.replicas && (
        <Warning>
          {plural(row.replicas - replicas, 'replica')} {row.replicas - replicas === 1 ? 'is' : 'are'} stopped, those
          with the highest numbers.
        </Warning>
      )}
      {view}
    </ActDialog>
  )
}

export function RollbackDialog({ id, version, close }: Props & { readonly version: number }) {
  const role = useRole()
  const row = useService(id)
  const refusal = row ? serviceCan.change(row, role) : `${id} is gone.`
  const { plan, view } = useServicePlan(refusal ? null : { kind: 'rollback', id, version })
  return (
    <ActDialog
      title={`Go back to version ${version} of ${id}?`}
      verb={`Go back to version ${version}`}
      failure="The version stays as it was."
      close={close}
      refusal={refusal ?? (plan ? null : 'The plan is being made.')}
      intentKeys={[`service:${id}`]}
      command={(reason) => ['service', 'rollback', id, '--to', String(version), ...reasonFlag(reason)]}
      run={async (reason) => {
        if (!plan) throw new Error('there is no plan')
        await api.services.carryOut.mutate({ planId: plan.id, reason })
        return `Service ${id} goes back to version ${version}.`
      }}
    >
      <p>
        Replicas are replaced as in any update: {row?.update.maxParallel ?? 1} at a time,{' '}
        {row?.update.order === 'stop-first'
          ? 'the old one stopped first'
          : 'the new one healthy before the old one stops'}
        . The number of replicas does not change.
      </p>
      {view}
    </ActDialog>
  )
}

export function UpdateDialog({ id, act, close }: Props & { readonly act: 'pause' | 'resume' }) {
  const role = useRole()
  const row = useService(id)
  const isPause = act === 'pause'
  const can = isPause ? serviceCan.pauseUpdate : serviceCan.resumeUpdate
  return (
    <ActDialog
      title={isPause ? `Pause the update of ${id}?` : `Resume the update of ${id}?`}
      verb={isPause ? 'Pause update' : 'Resume update'}
      failure="The update is as it was."
      close={close}
      refusal={row ? can(row, role) : `${id} is gone.`}
      intentKeys={[`service:${id}`]}
      command={(reason) => ['service', act, id, ...reasonFlag(reason)]}
      run={async (reason) => {
        if (isPause) await api.services.pauseUpdate.mutate({ id, reason })
        else await api.services.resumeUpdate.mutate({ id, reason })
        return isPause ? `The update of ${id} is paused.` : `The update of ${id} goes on.`
      }}
    >
      <p>
        {isPause
          ? 'No more replicas are replaced. Those of the version before keep running, and are started again when they end.'
          : 'The remaining replicas are replaced, also past the canaries.'}
      </p>
      {row?.rollout?.because && !isPause && <Warning>{row.rollout.because}</Warning>}
    </ActDialog>
  )
}

export function RemoveServiceDialog({ id, close }: Props) {
  const role = useRole()
  const row = useService(id)
  return (
    <ActDialog
      title={`Remove service ${id}?`}
      verb={`Remove ${id}`}
      failure="The service stays."
      close={close}
      refusal={row ? serviceCan.remove(row, role) : `${id} is gone.`}
      typeToConfirm={{ text: id, label: `Type ${id} to remove it` }}
      intentKeys={[`service:${id}`]}
      command={(reason) => ['service', 'rm', id, ...reasonFlag(reason)]}
      run={async (reason) => {
        await api.services.remove.mutate({ id, reason })
        return `Service ${id} is being removed.`
      }}
    >
      <p>
        Its {plural(row?.healthy ?? 0, 'healthy replica')} {row?.healthy === 1 ? 'is' : 'are'} stopped, and its versions
        are forgotten.
      </p>
    </ActDialog>
  )
}
