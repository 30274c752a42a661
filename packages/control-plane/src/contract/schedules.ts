import type {
  AsOf,
  Outcome,
  ScheduleId,
  ScheduleInput,
  ScheduleRow,
  ScheduleTiming,
  ScheduleView,
  TaskId,
} from '@quarterdeck/domain'
import type { Caller } from './caller.ts'

export type SchedulesService = {
  /** By name. */
  list(): AsOf<readonly ScheduleRow[]>
  get(id: ScheduleId): Outcome<AsOf<ScheduleView>>
  /** When a schedule with this timing would run, from now on. */
  preview(timing: ScheduleTiming): Outcome<{ readonly nextRuns: readonly number[] }>
  /** Makes the schedule, or changes it to this. */
  apply(input: ScheduleInput, caller: Caller): Promise<Outcome<{ readonly created: boolean }>>
  /** A run now, whatever is due and whatever lives. */
  run(input: { id: ScheduleId }, caller: Caller): Promise<Outcome<{ readonly taskId: TaskId }>>
  pause(input: { id: ScheduleId; reason: string }, caller: Caller): Promise<Outcome<null>>
  resume(input: { id: ScheduleId }, caller: Caller): Promise<Outcome<null>>
  /** Its runs that live go on. */
  remove(input: { id: ScheduleId; reason: string }, caller: Caller): Promise<Outcome<null>>
}
