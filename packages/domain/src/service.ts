import { z } from 'zod'
import { autoscalePolicySchema } from './autoscale.ts'
import { healthCheckSchema } from './health-check.ts'
import { serviceIdSchema, unixMsSchema } from './ids.ts'
import { limits } from './limits.ts'
import { workShape } from './task-spec.ts'
import { driverAgrees } from './work-spec.ts'

const ms = (min: number, max: number, fallback: number) => z.number().int().min(min).max(max).default(fallback)
const HOUR_MS = 3_600_000

/** What each replica runs: a task without an end of its own, so without run timeout, retries or start time. */
export const replicaTemplateSchema = z
  .strictObject({
    /** `strategy` absent: `spread`. */
    ...workShape,
    /** `exclusive`: a replica of a lost node is replaced only once its node must have stopped it. */
    policy: z.enum(['at-least-once', 'exclusive']).default('at-least-once'),
    startTimeoutMs: ms(100, HOUR_MS, 60_000),
    /** Absent: it may run for ever. */
    runTimeoutMs: z
      .number()
      .int()
      .min(100)
      .max(30 * 24 * HOUR_MS)
      .nullable()
      .default(null),
  })
  .refine(driverAgrees, {
    path: ['driver'],
    message: 'driver "exec" needs `exec` and no `handler`; driver "handler" needs `handler` and no `exec`',
  })
export type ReplicaTemplate = z.infer<typeof replicaTemplateSchema>

export const restartPolicySchema = z.strictObject({
  /** `any`: whatever its exit code; `on-failure`: not after exit code 0; `never`. */
  condition: z.enum(['any', 'on-failure', 'never']).default('any'),
  /** Before the first restart; doubled for each further one of the same window. */
  delayMs: ms(0, HOUR_MS, 1_000),
  delayMsMax: ms(0, 24 * HOUR_MS, 60_000),
  /** Restarts of one replica within `windowMs`; the next one waits until the window is over. */
  attempts: z.number().int().min(0).max(1_000).default(5),
  windowMs: ms(1_000, 24 * HOUR_MS, 10 * 60_000),
})
export type RestartPolicy = z.infer<typeof restartPolicySchema>

export const updatePolicySchema = z.strictObject({
  /** Replicas that are replaced at the same time. */
  maxParallel: z.number().int().min(1).max(1_000).default(1),
  /** A new replica must have been healthy for this long before the next one is begun. */
  minHealthyMs: ms(0, HOUR_MS, 5_000),
  /** A new replica that is not healthy after this long fails the update. */
  healthyDeadlineMs: ms(1_000, 24 * HOUR_MS, 5 * 60_000),
  /** So many replicas are updated first; the update then waits for `resume`. 0: none. */
  canary: z.number().int().min(0).max(1_000).default(0),
  onFailure: z.enum(['pause', 'revert', 'continue']).default('revert'),
  /** `start-first`: the new one is healthy before the old one is stopped. `stop-first`: for what cannot run twice on a machine. */
  order: z.enum(['start-first', 'stop-first']).default('start-first'),
})
export type UpdatePolicy = z.infer<typeof updatePolicySchema>

/** What an operator asks for: the content of a service file. */
export const serviceSpecSchema = z.strictObject({
  name: serviceIdSchema,
  /** `system`: one replica on each matching node, `replicas` does not count. */
  mode: z.enum(['replicated', 'system']).default('replicated'),
  replicas: z.number().int().min(0).max(limits.replicasMax).default(1),
  /** Below so many healthy replicas the service is degraded, and no act of the cluster goes there. Null: all but one, at least one. */
  minAvailable: z.number().int().min(0).max(limits.replicasMax).nullable().default(null),
  task: replicaTemplateSchema,
  health: healthCheckSchema.nullable().default(null),
  restart: restartPolicySchema.prefault({}),
  update: updatePolicySchema.prefault({}),
  /** While it is there `replicas` counts only for a new service: measures decide, and `scale` is refused. */
  autoscale: autoscalePolicySchema.nullable().exactOptional(),
  /** `never`: the rebalance advisor leaves its replicas where they are. */
  rebalance: z.literal('never').nullable().exactOptional(),
})
export type ServiceSpec = z.infer<typeof serviceSpecSchema>
/** The same before defaults are filled in. */
export type ServiceSpecInput = z.input<typeof serviceSpecSchema>

export const specVersionSchema = z.number().int().positive()

/** What makes one replica differ from another of the same service. Never changes once it was made. */
export const serviceVersionSchema = z.strictObject({
  version: specVersionSchema,
  task: replicaTemplateSchema,
  health: healthCheckSchema.nullable(),
  by: z.string().max(200),
  atMs: unixMsSchema,
})
export type ServiceVersion = z.infer<typeof serviceVersionSchema>

/** The way from one version to another. */
export const rolloutSchema = z.strictObject({
  fromVersion: specVersionSchema,
  toVersion: specVersionSchema,
  state: z.enum(['running', 'paused', 'done']),
  /** `revert`: back to what ran before, because the update failed. */
  kind: z.enum(['update', 'rollback', 'revert']),
  startedAtMs: unixMsSchema,
  sinceMs: unixMsSchema,
  /** One sentence: why it waits, or how it ended. */
  because: z.string().max(limits.reasonLengthMax),
  /** The canaries were healthy and somebody let the update go on. */
  promoted: z.boolean(),
})
export type Rollout = z.infer<typeof rolloutSchema>

/**
 * A program that runs on for ever, in N replicas or on every node. Writers: what is asked for by operators; rollout, condition and
 * `tasksMade` by the leader. Replicas are tasks that name their service and slot.
 */
export const serviceSchema = z.strictObject({
  v: z.literal(1),
  id: serviceIdSchema,
  mode: serviceSpecSchema.shape.mode,
  replicas: z.number().int(),
  minAvailable: z.number().int().nullable(),
  restart: restartPolicySchema,
  update: updatePolicySchema,
  /** Absent or null: operators say how many replicas there are. */
  autoscale: autoscalePolicySchema.nullable().exactOptional(),
  rebalance: serviceSpecSchema.shape.rebalance,
  /** The version that every replica shall have. */
  specVersion: specVersionSchema,
  /** Newest first; the one in force is always among them. */
  versions: z.array(serviceVersionSchema).min(1).max(limits.serviceVersionsKept),
  rollout: rolloutSchema.nullable(),
  /** `removed`: its replicas are being stopped, then it is forgotten. */
  desired: z.enum(['running', 'removed']),
  condition: z.strictObject({
    state: z.enum(['starting', 'ok', 'degraded']),
    sinceMs: unixMsSchema,
    because: z.string().max(limits.reasonLengthMax),
  }),
  /** Tasks made for it so far. Written with each of them, so that two decisions on old state cannot both fill a slot. */
  tasksMade: z.number().int().nonnegative(),
  createdAtMs: unixMsSchema,
  changedAtMs: unixMsSchema,
  changedBy: z.string().max(200),
})
export type Service = z.infer<typeof serviceSchema>

/** Healthy replicas below which a service is degraded. */
export function availableMin(
  service: Pick<Service, 'minAvailable'>,
  /** Replicas that there shall be. */
  wanted: number,
): number {
  return Math.min(wanted, service.minAvailable ?? Math.max(1, wanted - 1))
}

/** The version that its replicas shall have. */
export function currentVersion(service: Service): ServiceVersion {
  const found = versionOf(service, service.specVersion)
  if (!found) throw new Error(`service ${service.id} does not hold its version ${service.specVersion}`)
  return found
}

export function versionOf(service: Service, version: number): ServiceVersion | undefined {
  return service.versions.find((each) => each.version === version)
}

/** What would have to be written into a file to ask for the service as it is. */
export function specOf(service: Service): ServiceSpec {
  const { id, mode, replicas, minAvailable, restart, update, autoscale, rebalance } = service
  const { task, health } = currentVersion(service)
  return {
    name: id,
    mode,
    replicas,
    minAvailable,
    task,
    health,
    restart,
    update,
    ...(autoscale ? { autoscale } : {}),
    ...(rebalance ? { rebalance } : {}),
  }
}
