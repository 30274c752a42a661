import type {
  AsOf,
  DispatchPreview,
  JobTemplateDetail,
  JobTemplateId,
  JobTemplatePlan,
  JobTemplateRow,
  JobTemplateSpec,
  JobValues,
  Outcome,
  TaskId,
  TaskSubmit,
} from '@quarterdeck/domain'
import type { Caller } from './caller.ts'

/** Which template, in which version (absent: the newest), with which values. */
export type JobRequest = { readonly id: JobTemplateId; readonly version?: number; readonly values: JobValues }

export type JobTemplatesService = {
  /** By name. */
  list(): AsOf<readonly JobTemplateRow[]>
  get(input: { id: JobTemplateId; version?: number }): Outcome<AsOf<JobTemplateDetail>>
  /** What `apply` would do. Changes nothing. */
  plan(spec: JobTemplateSpec): Outcome<JobTemplatePlan>
  /** Makes the template, or its next version. With `basis` of a plan: only if nobody changed it since. */
  apply(
    input: { spec: JobTemplateSpec; basis?: string },
    caller: Caller,
  ): Promise<Outcome<{ readonly plan: JobTemplatePlan }>>
  /** The task that these values make, and where it would go now. */
  preview(input: JobRequest): Outcome<{ readonly task: TaskSubmit; readonly preview: DispatchPreview }>
  run(
    input: JobRequest & { readonly idempotencyKey?: string },
    caller: Caller,
  ): Promise<Outcome<{ readonly taskId: TaskId; readonly existing: boolean }>>
  /** Its tasks go on. */
  remove(input: { id: JobTemplateId; reason: string }, caller: Caller): Promise<Outcome<null>>
}
