'use client'

import { Group, Radio, SelectField, TextField } from '../ui/field.tsx'
import { readBroadcast, type TargetForm } from './target-form.ts'

/** One node, each matching node, or a few until one succeeds; nothing runs everywhere unless somebody chose it. */
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
        <Radio
          name="target"
          label="A few nodes, the first success wins"
          checked={form.target === 'race'}
          onChange={() => onChange({ target: 'race' })}
        />
      </div>
      {form.target === 'race' && (
        <div className="grid gap-3 sm:grid-cols-3">
          <TextField
            label="Nodes, 2 to 10"
            inputMode="numeric"
            hint="Those with the least reserved. The others are stopped when one has succeeded."
            value={form.forks}
            problem={readBroadcast(form, null).problem}
            onChange={(event) => onChange({ forks: event.target.value })}
          />
          <TextField
            label="Next node after"
            hint="Without a success by then. Empty: all at once."
            placeholder="5s"
            value={form.hedgeAfter}
            onChange={(event) => onChange({ hedgeAfter: event.target.value })}
          />
        </div>
      )}
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
