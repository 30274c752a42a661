'use client'

import { type ServiceRow, serviceCan } from '@quarterdeck/domain'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { useRole } from '../session/use-me.ts'
import { ActDialog } from '../ui/act-dialog.tsx'
import { Checkbox, TextField } from '../ui/field.tsx'
import { type AutoscaleForm, formOf, readForm } from './autoscale-form.ts'

const fields = [
  ['min', 'Least replicas', ''],
  ['max', 'Most replicas', ''],
  ['cpu', 'CPU target, %', 'Used of what a replica asks for. Empty: not measured.'],
  ['memory', 'Memory target, %', 'Empty: not measured.'],
  ['queue', 'Waiting tasks', 'resize=10: one replica for ten waiting tasks named resize.'],
  ['metric', 'A number of your own', 'rps=50: one replica for 50 of what qd service metric tells.'],
  ['downMinutes', 'Minutes before fewer', 'Fewer only when fewer were wanted for so long.'],
] as const

export function AutoscaleDialog({ row, close }: { readonly row: ServiceRow; readonly close: () => void }) {
  const { id, autoscale = null } = row
  const role = useRole()
  const [form, setForm] = useState<AutoscaleForm>(() => formOf(autoscale))
  const [isOff, setIsOff] = useState(false)
  const read = readForm(form, autoscale)
  const policy = isOff || !('policy' in read) ? null : read.policy
  const refusal = serviceCan.autoscale(row, role) ?? (isOff || !('problem' in read) ? null : read.problem)
  return (
    <ActDialog
      title={`Autoscale ${id}`}
      verb={isOff ? 'Switch off' : autoscale ? 'Change' : 'Switch on'}
      failure="Autoscaling stays as it was."
      close={close}
      refusal={refusal}
      intentKeys={[`service:${id}`]}
      command={(reason) => ['service', 'autoscale', id, ...flags(isOff, form), ...(reason ? ['--reason', reason] : [])]}
      run={async (reason) => {
        await api.services.autoscale.mutate({ id, autoscale: policy, reason })
        return policy ? `Measures decide how many replicas ${id} has.` : `${id} keeps the replicas that it has.`
      }}
    >
      {autoscale && (
        <Checkbox
          label="Switch it off: operators say how many replicas there are"
          checked={isOff}
          onChange={(event) => setIsOff(event.target.checked)}
        />
      )}
      {!isOff && (
        <div className="grid gap-3 sm:grid-cols-2">
          {fields.map(([name, label, hint]) => (
            <TextField
              key={name}
              label={label}
              hint={hint}
              value={form[name]}
              onChange={(event) => setForm({ ...form, [name]: event.target.value.trim() })}
            />
          ))}
        </div>
      )}
      <p className="text-compact text-muted">
        While it is on, scaling by hand is refused. Waiting tasks and numbers of your own may let it go to no replica.
      </p>
    </ActDialog>
  )
}

function flags(isOff: boolean, form: AutoscaleForm): string[] {
  if (isOff) return ['--off']
  const named = ['cpu', 'memory', 'queue', 'metric'] as const
  return [
    '--min',
    form.min,
    '--max',
    form.max,
    ...named.flatMap((name) => (form[name] === '' ? [] : [`--${name}`, form[name]])),
    '--down-after',
    `${form.downMinutes}m`,
  ]
}
