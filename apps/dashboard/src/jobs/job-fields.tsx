'use client'

import { accepts, type JobParameter } from '@quarterdeck/domain'
import { Checkbox, SelectField, TextField } from '../ui/field.tsx'
import type { JobForm } from './job-form.ts'

/** A field for each parameter, by its type, with what it takes. */
export function JobFields({
  parameters,
  form,
  problem,
  onChange,
}: {
  readonly parameters: readonly JobParameter[]
  readonly form: JobForm
  /** What is wrong, and with which parameter. */
  readonly problem: { readonly name: string; readonly text: string } | null
  readonly onChange: (name: string, value: string) => void
}) {
  if (parameters.length === 0) return <p className="text-muted">It takes no parameters.</p>
  return (
    <div className="flex flex-col gap-3">
      {parameters.map((parameter) => (
        <JobField
          key={parameter.name}
          parameter={parameter}
          value={form[parameter.name] ?? ''}
          problem={problem?.name === parameter.name ? problem.text : null}
          onChange={(value) => onChange(parameter.name, value)}
        />
      ))}
    </div>
  )
}

function JobField({
  parameter,
  value,
  problem,
  onChange,
}: {
  readonly parameter: JobParameter
  readonly value: string
  readonly problem: string | null
  readonly onChange: (value: string) => void
}) {
  const { name, description, type } = parameter
  const hint = description ? `${description}. Takes ${accepts(parameter)}.` : `Takes ${accepts(parameter)}.`
  switch (type) {
    case 'boolean':
      return (
        <Checkbox
          label={description ? `${name}: ${description}` : name}
          checked={value === 'true'}
          onChange={(event) => onChange(String(event.target.checked))}
        />
      )
    case 'choice':
      return (
        <SelectField
          label={name}
          hint={description}
          problem={problem}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        >
          {parameter.default === null && <option value="">choose…</option>}
          {parameter.choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </SelectField>
      )
    default:
      return (
        <TextField
          label={name}
          hint={hint}
          problem={problem}
          inputMode={type === 'number' ? 'decimal' : 'text'}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )
  }
}
