import { z } from 'zod'
import { EXPRESSION_LENGTH_MAX } from './expression.ts'
import { taskIdSchema, unixMsSchema, workflowIdSchema, workflowRunIdSchema } from './ids.ts'
import { limits } from './limits.ts'
import { taskSubmitSchema } from './task-spec.ts'
import { driverAgrees } from './work-spec.ts'
import { checkWorkflow } from './workflow-check.ts'

/** What one step submits: a task without a moment of its own. Absent name: the workflow's and the step's. */
const {
  idempotencyKey: _key,
  startAtMs: _start,
  system: _system,
  name: taskName,
  ...stepTaskShape
} = taskSubmitSchema.shape
export const stepTaskSchema = z
  .strictObject({ ...stepTaskShape, name: taskName.exactOptional() })
  .refine(driverAgrees, {
    path: ['driver'],
    message: 'driver "exec" needs `exec` and no `handler`; driver "handler" needs `handler` and no `exec`',
  })
export type StepTask = z.infer<typeof stepTaskSchema>

export const stepNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,31}$/, 'must be 1 to 32 characters of a-z 0-9 _ - and start with a letter')

const expressionText = z.string().trim().min(1).max(EXPRESSION_LENGTH_MAX)
/** Name -> expression. A program gets each as a variable, a handler in its input; `{{name}}` stands for it in arguments and input. */
const inputsSchema = z
  .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, 'must be a name such as ROWS'), expressionText)
  .default({})
  .refine((inputs) => Object.keys(inputs).length <= limits.workflowInputsMax, {
    message: `at most ${limits.workflowInputsMax} inputs`,
  })

export const workflowStepSchema = z.strictObject({
  name: stepNameSchema,
  task: stepTaskSchema,
  /** Steps that must have ended before this one is decided. */
  after: z.array(stepNameSchema).max(limits.workflowStepsMax).default([]),
  /** How they must have ended. `all`: each succeeded, or failed where that is ignored; `any`: at least one; `ended`: however. */
  needs: z.enum(['all', 'any', 'ended']).default('all'),
  /** And this must be true, else the step is skipped. */
  when: expressionText.nullable().default(null),
  inputs: inputsSchema,
  /** `compensate`: the run fails and what was done is undone; `fail`: the run fails and nothing is undone; `ignore`: the run goes on. */
  onFailure: z.enum(['compensate', 'fail', 'ignore']).default('compensate'),
  /** What undoes this step once it has succeeded. May read what the step gave. */
  compensate: z.strictObject({ task: stepTaskSchema, inputs: inputsSchema }).nullable().default(null),
})
export type WorkflowStep = z.infer<typeof workflowStepSchema>

/** What an operator asks for: the content of a workflow file. */
export const workflowSpecSchema = z
  .strictObject({
    name: workflowIdSchema,
    description: z.string().max(limits.reasonLengthMax).default(''),
    steps: z.array(workflowStepSchema).min(1).max(limits.workflowStepsMax),
    /** Steps of one run that may run at once. */
    parallelMax: z.number().int().min(1).max(limits.workflowStepsMax).default(limits.workflowStepsMax),
    /** A run that takes longer fails. Null: it may take as long as its tasks may. */
    runTimeoutMs: z
      .number()
      .int()
      .min(1_000)
      .max(30 * 24 * 3_600_000)
      .nullable()
      .default(null),
  })
  .superRefine((spec, context) => {
    for (const { path, message } of checkWorkflow(spec)) context.addIssue({ code: 'custom', path: [...path], message })
  })
export type WorkflowSpec = z.infer<typeof workflowSpecSchema>
/** The same before defaults are filled in. */
export type WorkflowSpecInput = z.input<typeof workflowSpecSchema>

/** A workflow as it is listed. Its steps are in its versions, which are written once. */
export const workflowSchema = z.strictObject({
  v: z.literal(1),
  id: workflowIdSchema,
  description: z.string(),
  /** The version that new runs take. */
  version: z.number().int().positive(),
  stepCount: z.number().int(),
  createdAtMs: unixMsSchema,
  changedAtMs: unixMsSchema,
  changedBy: z.string().max(200),
})
export type Workflow = z.infer<typeof workflowSchema>

/** One version, for the runs that began with it. Its id is the workflow's, a dot, `v` and the number. */
export const workflowVersionSchema = z.strictObject({
  v: z.literal(1),
  id: z.string().max(63),
  workflowId: workflowIdSchema,
  version: z.number().int().positive(),
  description: z.string(),
  steps: z.array(workflowStepSchema).min(1),
  parallelMax: z.number().int().positive(),
  runTimeoutMs: z.number().int().nullable(),
  atMs: unixMsSchema,
  by: z.string().max(200),
})
export type WorkflowVersion = z.infer<typeof workflowVersionSchema>

export function workflowVersionId(workflowId: Workflow['id'], version: number): string {
  return `${workflowId}.v${version}`
}

export const stepStates = ['waiting', 'running', 'succeeded', 'failed', 'skipped', 'cancelled'] as const
export type StepState = (typeof stepStates)[number]

/** The undoing of one step. */
export const stepUndoSchema = z.strictObject({
  state: z.enum(['running', 'done', 'failed']),
  taskId: taskIdSchema,
  endedAtMs: unixMsSchema.nullable(),
  because: z.string().max(limits.reasonLengthMax),
})

export const runStepSchema = z.strictObject({
  name: stepNameSchema,
  state: z.enum(stepStates),
  /** One sentence: why it was skipped, or how it failed. */
  because: z.string().max(limits.reasonLengthMax),
  /** The newest task of this step; its id is the run's, the step's index and the number of retries of the run. */
  taskId: taskIdSchema.nullable(),
  startedAtMs: unixMsSchema.nullable(),
  endedAtMs: unixMsSchema.nullable(),
  /** Its place in the order in which steps succeeded; undoing goes backwards. */
  place: z.number().int().nullable(),
  exitCode: z.number().int().nullable(),
  /** What it gave, when another step reads it. */
  value: z.json().nullable(),
  undo: stepUndoSchema.nullable(),
})
export type RunStep = z.infer<typeof runStepSchema>

export const workflowRunStates = ['running', 'stopping', 'compensating', 'succeeded', 'failed', 'cancelled'] as const
export type WorkflowRunState = (typeof workflowRunStates)[number]

/**
 * One run. Starting a step's task and noting that it was started are one fenced commit, and the task's id follows from the run, so no
 * step is lost or doubled however often the leader changes.
 */
export const workflowRunSchema = z.strictObject({
  v: z.literal(1),
  id: workflowRunIdSchema,
  workflowId: workflowIdSchema,
  version: z.number().int().positive(),
  /** `stopping`: what runs is being ended; `compensating`: what was done is being undone. */
  state: z.enum(workflowRunStates),
  /** What a run that is stopping or compensating will have become, and why. */
  ending: z
    .strictObject({
      becomes: z.enum(['failed', 'cancelled']),
      undoes: z.boolean(),
      because: z.string().max(limits.reasonLengthMax),
    })
    .nullable(),
  steps: z.array(runStepSchema).min(1).max(limits.workflowStepsMax),
  input: z.json(),
  cancel: z.strictObject({ by: z.string().max(200), reason: z.string().max(500), atMs: unixMsSchema }).nullable(),
  createdAtMs: unixMsSchema,
  /** Of the newest retry, else of the start: the run timeout counts from here. */
  sinceMs: unixMsSchema,
  endedAtMs: unixMsSchema.nullable(),
  by: z.string().max(200),
  retries: z.number().int().nonnegative(),
  /** Hash of what was asked for: the same key with another input is an error. */
  inputHash: z.string().max(64),
})
export type WorkflowRun = z.infer<typeof workflowRunSchema>

export function isLiveWorkflowRun({ state }: Pick<WorkflowRun, 'state'>): boolean {
  return state === 'running' || state === 'stopping' || state === 'compensating'
}
