'use client'

import { DURATION_HINT, parseDuration } from '../format/duration.ts'
import { Group, Radio, TextField } from '../ui/field.tsx'
import { type DrainForm, deadlineChoices } from './drain-form.ts'

const small = 'min-h-7 rounded-control border border-control bg-bg px-1.5'

/** The questions of the drain dialog. */
export function DrainFields({
  form,
  onChange,
}: {
  readonly form: DrainForm
  readonly onChange: (change: Partial<DrainForm>) => void
}) {
  const isCustom = !deadlineChoices.some((choice) => choice === form.deadline)
  return (
    <>
      <Group title="How long may it take?">
        <Radio
          name="mode"
          checked={form.mode === 'wait'}
          onChange={() => onChange({ mode: 'wait' })}
          label="Up to a deadline"
        >
          {form.mode === 'wait' && (
            <div className="flex flex-col gap-2">
              <div className="flex flex-wrap items-center gap-2">
                <select
                  aria-label="Deadline"
                  className={small}
                  value={isCustom ? 'custom' : form.deadline}
                  onChange={(event) =>
                    onChange({ deadline: event.target.value === 'custom' ? '1h30m' : event.target.value })
                  }
                >
                  {deadlineChoices.map((choice) => (
                    <option key={choice} value={choice}>
                      {choice.replace('m', ' min').replace('h', ' h')}
                    </option>
                  ))}
                  <option value="custom">custom</option>
                </select>
                {isCustom && (
                  <TextField
                    label="Custom deadline"
                    className="w-48"
                    value={form.deadline}
                    problem={parseDuration(form.deadline) === null ? DURATION_HINT : null}
                    onChange={(event) => onChange({ deadline: event.target.value })}
                  />
                )}
              </div>
              <div className="flex flex-wrap gap-x-4">
                <Radio
                  name="after"
                  checked={form.afterDeadline === 'keep'}
                  onChange={() => onChange({ afterDeadline: 'keep' })}
                  label="then stop and keep the rest"
                />
                <Radio
                  name="after"
                  checked={form.afterDeadline === 'force'}
                  onChange={() => onChange({ afterDeadline: 'force' })}
                  label="then force the rest"
                />
              </div>
            </div>
          )}
        </Radio>
        <Radio
          name="mode"
          checked={form.mode === 'no-deadline'}
          onChange={() => onChange({ mode: 'no-deadline' })}
          label="No deadline. Wait as long as tasks need."
        />
        <Radio
          name="mode"
          checked={form.mode === 'now'}
          onChange={() => onChange({ mode: 'now' })}
          label={
            <>
              Now. Stop every task at once and restart it elsewhere. <span className="text-warn">▲ loses work</span>
            </>
          }
        />
      </Group>
      <div className="flex flex-wrap gap-x-8 gap-y-3">
        <Group title="System tasks">
          <Radio
            name="system"
            checked={form.systemTasks === 'leave'}
            onChange={() => onChange({ systemTasks: 'leave' })}
            label="leave running"
          />
          <Radio
            name="system"
            checked={form.systemTasks === 'drain'}
            onChange={() => onChange({ systemTasks: 'drain' })}
            label="drain too"
          />
        </Group>
        <Group title="When empty">
          <Radio
            name="empty"
            checked={form.whenEmpty === 'stay-drained'}
            onChange={() => onChange({ whenEmpty: 'stay-drained' })}
            label="stay drained"
          />
          <Radio
            name="empty"
            checked={form.whenEmpty === 'uncordon'}
            onChange={() => onChange({ whenEmpty: 'uncordon' })}
            label="uncordon"
          />
        </Group>
        <label className="flex flex-col gap-1">
          <span className="font-medium">Move at most, at a time</span>
          <select
            className={small}
            value={form.parallelMax}
            onChange={(event) => onChange({ parallelMax: Number(event.target.value) })}
          >
            {[1, 2, 4, 8, 16, 64].map((count) => (
              <option key={count} value={count}>
                {count} {count === 1 ? 'task' : 'tasks'}
              </option>
            ))}
          </select>
        </label>
      </div>
    </>
  )
}
