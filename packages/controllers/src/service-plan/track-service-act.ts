import {
  isTerminal,
  type Operation,
  type Service,
  type ServiceActPlan,
  type ServiceMove,
  type ServiceOutcome,
  type Task,
  type UnixMs,
} from '@quarterdeck/domain'
import { isHealthy, isLeavingForGood } from '../service/replica-state.ts'

export type ServiceActProgress = {
  /** Undefined: it is gone. */
  readonly service: Service | undefined
  /** Slots that the service shall have now. */
  readonly slots: ReadonlySet<string>
  readonly tasks: readonly Task[]
  readonly nowMs: UnixMs
}

/** What was confirmed, and what became of it so far. */
export type ServiceActOperation = Operation & { readonly service: NonNullable<Operation['service']> }

/**
 * The operation with what really happened written beside its plan; null when there is nothing new to say. It reads the service and acts
 * on nothing: the reconciler of services does the work, whoever watches. It ends when every slot is as it was planned, or when the
 * service was told otherwise meanwhile.
 */
export function trackServiceAct(operation: ServiceActOperation, progress: ServiceActProgress): Operation | null {
  const { plan, actual } = operation.service
  const next = plan.moves.map((move) => outcomeOf(move, plan, operation.startedAtMs, progress))
  const hasMoved = JSON.stringify(next) !== JSON.stringify(actual)
  const end = endOf(plan, next, progress)
  if (!hasMoved && end === null) return null
  return {
    ...operation,
    service: { plan, actual: next },
    ...(end === null ? {} : { state: end, endedAtMs: progress.nowMs }),
  }
}

/** The new replica of a slot, where a confirmed plan wants it to be. */
export function plannedNodeOf(plan: ServiceActPlan, slot: string): ServiceMove['toNodeId'] {
  return plan.moves.find((move) => move.slot === slot && move.fate !== 'stops')?.toNodeId ?? null
}

function outcomeOf(
  move: ServiceMove,
  { toVersion }: ServiceActPlan,
  startedAtMs: UnixMs,
  { service, tasks }: ServiceActProgress,
): ServiceOutcome {
  const { slot } = move
  const old = tasks.find(({ id }) => id === move.taskId)
  const isOldGone = old === undefined || isTerminal(old.state)
  if (move.fate === 'stops')
    return { slot, fate: isOldGone ? 'stopped' : 'pending', taskId: move.taskId, nodeId: move.fromNodeId }
  const fresh = tasks.find(
    (task) =>
      task.replica?.slot === slot &&
      task.replica.specVersion === toVersion &&
      task.createdAtMs >= startedAtMs &&
      !isTerminal(task.state) &&
      !isLeavingForGood(task),
  )
  if (!fresh) return { slot, fate: 'pending', taskId: null, nodeId: null }
  const isDone = service !== undefined && isHealthy(service, fresh) && isOldGone
  const done = move.taskId === null ? 'started' : 'replaced'
  return { slot, fate: isDone ? done : 'starting', taskId: fresh.id, nodeId: fresh.nodeId }
}

function endOf(
  plan: ServiceActPlan,
  actual: readonly ServiceOutcome[],
  { service, slots }: ServiceActProgress,
): 'done' | 'stopped' | 'failed' | null {
  if (!service || service.desired === 'removed') return 'stopped'
  if (service.specVersion !== plan.toVersion) return service.rollout?.kind === 'revert' ? 'failed' : 'stopped'
  if (plan.what === 'scale' && slots.size !== plan.toReplicas) return 'stopped'
  // A slot that is gone by now, because the service shrank meanwhile, is waited for no longer.
  const isOpen = ({ slot, fate }: ServiceOutcome) => slots.has(slot) && (fate === 'pending' || fate === 'starting')
  const isStopping = ({ slot, fate }: ServiceOutcome) => !slots.has(slot) && fate === 'pending' && stops.has(slot)
  const stops = new Set(plan.moves.filter(({ fate }) => fate === 'stops').map(({ slot }) => slot))
  return actual.some((one) => isOpen(one) || isStopping(one)) ? null : 'done'
}
