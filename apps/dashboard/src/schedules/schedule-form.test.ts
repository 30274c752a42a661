import { type ScheduleView, scheduleInputSchema } from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import { emptyDispatchForm } from '../dispatch/dispatch-form.ts'
import { emptyScheduleForm, readScheduleForm, scheduleFormOf, taskFormOf } from './schedule-form.ts'

const task = { ...emptyDispatchForm, command: '/bin/true' }

function viewOf(input: Parameters<typeof scheduleInputSchema.parse>[0]): ScheduleView {
  return scheduleInputSchema.parse(input) as unknown as ScheduleView
}

describe('the form of a schedule', () => {
  it('names the task after the schedule, and says the zone', () => {
    const { draft, problems } = readScheduleForm({ ...emptyScheduleForm('Europe/Berlin'), id: 'nightly' }, task, null)
    expect(problems).toEqual({})
    expect(draft).toMatchObject({
      id: 'nightly',
      timing: { kind: 'cron', expression: '0 3 * * *', timeZone: 'Europe/Berlin' },
      task: { name: 'nightly', exec: { command: '/bin/true' } },
    })
  })

  it('says beside each field what is wrong', () => {
    const form = { ...emptyScheduleForm('UTC'), id: 'Not An Id' }
    expect(readScheduleForm(form, task, null).problems.id).toContain('must be 1 to 63 characters')
    expect(
      readScheduleForm({ ...form, id: 'a', kind: 'rate', interval: 'soon' }, task, null).problems.interval,
    ).toContain('duration')
    const often = readScheduleForm({ ...form, id: 'a', kind: 'rate', interval: '10ms' }, task, null)
    expect(often.problems.interval).toBeDefined()
  })

  it('that is opened and saved unchanged keeps also what it has no field for', () => {
    const input = {
      id: 'a',
      timing: { kind: 'delay', afterMs: 90_000 },
      task: {
        name: 'job',
        driver: 'exec',
        exec: { command: 'sweep', args: ['--all'], limits: { memoryBytes: 2 ** 30 } },
        labels: { team: 'ops' },
        onNodes: ['n1', 'n2'],
        killGraceMs: 77,
        timeouts: { queueMs: 5_000, runMs: 60_000 },
      },
      missed: { policy: 'all', runsMax: 7, lateMsMax: 5_000 },
      overlap: 'queue',
      description: 'sweeps',
    }
    const before = viewOf(input)
    const { draft } = readScheduleForm(scheduleFormOf(before, 'UTC'), taskFormOf(before), before)
    expect(draft && scheduleInputSchema.parse(draft)).toEqual(scheduleInputSchema.parse(input))
  })
})
