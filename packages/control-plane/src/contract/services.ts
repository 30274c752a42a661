import type {
  AsOf,
  AutoscalePolicy,
  OperationId,
  Outcome,
  PlanId,
  ServiceAct,
  ServiceActPlan,
  ServiceDetail,
  ServiceId,
  ServicePlan,
  ServiceRow,
  ServiceSpec,
} from '@quarterdeck/domain'
import type { Caller } from './caller.ts'

export type ServicesService = {
  list(): AsOf<readonly ServiceRow[]>
  get(id: ServiceId): Outcome<AsOf<ServiceDetail>>
  /** What `apply` would do. Changes nothing. */
  plan(spec: ServiceSpec): Outcome<ServicePlan>
  /** Makes the service, or brings it to `spec`. With `basis` of a plan: only if nobody changed it since. */
  apply(
    input: { spec: ServiceSpec; basis?: string },
    caller: Caller,
  ): Promise<Outcome<{ readonly plan: ServicePlan; readonly revision: number }>>
  scale(input: { id: ServiceId; replicas: number; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** What the act would do, slot by slot. Kept for half an hour, so that `carryOut` can name it. Changes nothing. */
  preview(act: ServiceAct): Promise<Outcome<ServiceActPlan>>
  /** Does what was previewed, if it still would do what it said. */
  carryOut(
    input: { planId: PlanId; reason: string },
    caller: Caller,
  ): Promise<Outcome<{ readonly operationId: OperationId }>>
  /** Null: operators say how many replicas there are. */
  setAutoscale(
    input: { id: ServiceId; autoscale: AutoscalePolicy | null; reason: string },
    caller: Caller,
  ): Promise<Outcome<null>>
  /** A number that a metric of its autoscaling reads. */
  tellMetric(input: { id: ServiceId; name: string; value: number }, caller: Caller): Promise<Outcome<null>>
  /** Without `version`: to the one before, or where an unfinished update came from. */
  rollback(input: { id: ServiceId; version?: number; reason: string }, caller: Caller): Promise<Outcome<null>>
  pauseUpdate(input: { id: ServiceId; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** Also lets an update go on that waits after its canaries. */
  resumeUpdate(input: { id: ServiceId; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** Stops its replicas; it is gone when they are. */
  remove(input: { id: ServiceId; reason: string }, caller: Caller): Promise<Outcome<null>>
}
