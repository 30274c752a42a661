'use client'

import { overlapPolicies } from '@quarterdeck/domain'
import { Group, SelectField, TextField } from '../ui/field.tsx'
import { overlapWords } from './overlap-words.ts'
import type { ScheduleForm, ScheduleProblems } from './schedule-form.ts'
import { useCronWords } from './schedule-words.tsx'

type Props = {
  readonly form: ScheduleForm
  readonly problems: ScheduleProblems
  readonly isNew: boolean
  readonly onChange: (change: Partial<ScheduleForm>) => void
}

/** Name, timing, and what happens when a run is missed or the one before still lives. */
export function TimingFields({ form, problems, isNew, onChange }: Props) {
  const words = useCronWords(form.kind === 'cron' ? form.expression : null)
  const text = (field: keyof ScheduleForm) => ({
    value: form[field],
    problem: problems[field] ?? null,
    onChange: (event: { target: { value: string } }) => onChange({ [field]: event.target.value }),
  })
  return (
    <Group title="When it runs">
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField
          label="Schedule"
          disabled={!isNew}
          spellCheck={false}
          autoCapitalize="off"
          hint="Lower case letters, digits, . _ -"
          {...text('id')}
        />
        <TextField label="Description" {...text('description')} />
        <SelectField label="Timing" {...text('kind')}>
          <option value="cron">by the calendar (cron)</option>
          <option value="rate">at a fixed rate</option>
          <option value="delay">a fixed delay after each end</option>
        </SelectField>
        {form.kind === 'cron' ? (
          <>
            <TextField
              label="Cron expression"
              spellCheck={false}
              hint={words ?? 'minute hour day month weekday'}
              {...text('expression')}
            />
            <TextField label="Time zone" spellCheck={false} list="time-zones" {...text('timeZone')} />
            <datalist id="time-zones">
              {['UTC', ...Intl.supportedValuesOf('timeZone')].map((zone) => (
                <option key={zone} value={zone} />
              ))}
            </datalist>
          </>
        ) : (
          <TextField label={form.kind === 'rate' ? 'Every' : 'After'} hint="90s, 15m, 1h30m" {...text('interval')} />
        )}
        <SelectField label="A run that nobody could start in time" {...text('missed')}>
          <option value="skip">make up for the newest if at most 60 s late</option>
          <option value="once">make up for the newest</option>
          <option value="all">make up for all</option>
        </SelectField>
        {form.missed === 'all' && <TextField label="At most" inputMode="numeric" {...text('runsMax')} />}
        <SelectField label="When the run before still lives" {...text('overlap')}>
          {overlapPolicies.map((policy) => (
            <option key={policy} value={policy}>
              {overlapWords[policy]}
            </option>
          ))}
        </SelectField>
      </div>
    </Group>
  )
}
