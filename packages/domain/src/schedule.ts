import { z } from 'zod'
import { scheduleIdSchema, taskIdSchema, unixMsSchema } from './ids.ts'
import { limits } from './limits.ts'
import { overlapPolicies } from './overlap.ts'
import { taskStateSchema } from './task.ts'
import { taskSubmitSchema } from './task-spec.ts'

const intervalMs = z
  .number()
  .int()
  .min(limits.scheduleIntervalMsMin)
  .max(366 * 24 * 3_600_000)

/** When runs are due. */
export const scheduleTimingSchema = z.discriminatedUnion('kind', [
  /** Five fields, or six with seconds first. The zone is always said: "3 o'clock" alone names no moment. */
  z.strictObject({
    kind: z.literal('cron'),
    expression: z.string().trim().min(1).max(200),
    timeZone: z.string().min(1).max(64),
  }),
  /** Every so often, whatever the runs take. The first is due one interval after the schedule was applied or resumed. */
  z.strictObject({ kind: z.literal('rate'), everyMs: intervalMs }),
  /** So long after the end of the run before. */
  z.strictObject({ kind: z.literal('delay'), afterMs: intervalMs }),
])
export type ScheduleTiming = z.infer<typeof scheduleTimingSchema>

/**
 * What happens with due times that nobody could act on (no leader, no store). `skip`: the newest is made up for if it is at most
 * `lateMsMax` late. `once`: the newest is made up for however late it is. `all`: the newest `runsMax` are.
 */
export const missedRunsSchema = z.strictObject({
  policy: z.enum(['skip', 'once', 'all']).default('skip'),
  lateMsMax: z
    .number()
    .int()
    .min(1_000)
    .max(24 * 3_600_000)
    .default(60_000),
  runsMax: z.number().int().min(1).max(limits.scheduleRunsMadeUpMax).default(10),
})
export type MissedRuns = z.infer<typeof missedRunsSchema>

const defined = {
  timing: scheduleTimingSchema,
  /** What each run submits. */
  task: taskSubmitSchema.refine((task) => task.idempotencyKey === undefined && task.startAtMs === undefined, {
    message: 'takes neither idempotencyKey nor startAtMs: the schedule says when, and once',
  }),
  missed: missedRunsSchema.default({ policy: 'skip', lateMsMax: 60_000, runsMax: 10 }),
  overlap: z.enum(overlapPolicies).default('skip'),
  description: z.string().max(limits.reasonLengthMax).default(''),
} as const

/** What a client sends to make or change a schedule. */
export const scheduleInputSchema = z.strictObject({ id: scheduleIdSchema, ...defined })
export type ScheduleInput = z.infer<typeof scheduleInputSchema>
/** The same before defaults are filled in. */
export type ScheduleDraft = z.input<typeof scheduleInputSchema>

export const scheduleOutcomes = ['started', 'missed', 'overlapped', 'refused'] as const

/** One due time, and what came of it. */
export const scheduleRunSchema = z.strictObject({
  /** Null: started by hand. */
  dueAtMs: unixMsSchema.nullable(),
  /** When it was decided. */
  atMs: unixMsSchema,
  outcome: z.enum(scheduleOutcomes),
  taskId: taskIdSchema.nullable(),
  /** Terminal state of its task; null while it lives, and when there is none. */
  ended: taskStateSchema.nullable(),
  endedAtMs: unixMsSchema.nullable(),
  /** How many due times this line stands for. */
  count: z.number().int().positive(),
  because: z.string().max(limits.reasonLengthMax),
})
export type ScheduleRun = z.infer<typeof scheduleRunSchema>

/**
 * A schedule and where it stands. Advancing it and creating the task of the due time are one fenced commit, so a due time has exactly
 * one run however many leaders try.
 */
export const scheduleSchema = z.strictObject({
  v: z.literal(1),
  id: scheduleIdSchema,
  ...defined,
  paused: z.strictObject({ by: z.string().max(200), reason: z.string().max(500), atMs: unixMsSchema }).nullable(),
  createdAtMs: unixMsSchema,
  changedAtMs: unixMsSchema,
  changedBy: z.string().max(200),
  /** The due time that is decided next. Null: paused, none left, or (fixed delay) a run has not ended. */
  nextAtMs: unixMsSchema.nullable(),
  /** Due times that wait for the run before to end, oldest first. */
  waiting: z.array(unixMsSchema).max(limits.scheduleWaitingMax),
  /** The newest outcomes, newest first, and every run that lives. */
  runs: z.array(scheduleRunSchema).max(limits.scheduleRunsKept + limits.scheduleLiveRunsMax),
  startedTotal: z.number().int().nonnegative(),
})
export type Schedule = z.infer<typeof scheduleSchema>

export function isLiveRun(run: ScheduleRun): boolean {
  return run.taskId !== null && run.ended === null
}
