'use client'

import { Group, Radio, SelectField, TextField } from '../ui/field.tsx'
import { readBroadcast, type TargetForm } from './target-form.ts'

/** One node, or each matching node; nothing runs everywhere unless somebody chose it. */
export function TargetFields({
  form,
  onChange,
}: {
  readonly form: TargetForm
  readonly onChange: (change: Partial<TargetForm>) => void
}) {
  return (
    <Group title="How many nodes">
      <div className="flex flex-wrap gap-x-5">
        <Radio
          name="target"
          label="One node"
          checked={form.target === 'one'}
          onChange={() => onChange({ target: 'one' })}
        />
        <Radio
          name="target"
          label="Each matching node"
          checked={form.target === 'each'}
          onChange={() => onChange({ target: 'each' })}
        />
      </div>
      {form.target === 'each' && (
        <div className="grid gap-3 sm:grid-cols-3">
          <SelectField
            label="It succeeds when"
            value={form.rule}
            onChange={(event) => onChange({ rule: event.target.value as TargetForm['rule'] })}
          >
            <option value="all">every node succeeds</option>
            <option value="share">at least a share succeeds</option>
            <option value="any">any node succeeds</option>
          </SelectField>
          {form.rule === 'share' && (
            <TextField
              label="Share, per cent"
              inputMode="numeric"
              value={form.percent}
              problem={readBroadcast(form, null).problem}
              onChange={(event) => onChange({ percent: event.target.value })}
            />
          )}
        </div>
      )}
    </Group>
  )
}
