import {
  availableMin,
  type NodeId,
  type PlanId,
  type Service,
  type ServiceActPlan,
  type ServiceMove,
  type Task,
  type UnixMs,
} from '@quarterdeck/domain'
import { isHealthy } from '../service/replica-state.ts'
import type { SlotsToChange } from './slots-to-change.ts'

export type ServiceActRequest = {
  readonly planId: PlanId
  readonly what: ServiceActPlan['what']
  readonly basis: string
  readonly before: Service
  /** The service as the act would leave it. */
  readonly after: Service
  /** Slots that it has now, and afterwards. */
  readonly wanted: { readonly before: number; readonly after: number }
  readonly change: SlotsToChange
  readonly tasks: readonly Task[]
  /** Where the scheduler would put the new replica of a slot, and why there or nowhere. */
  readonly placementOf: (slot: string) => { readonly nodeId: NodeId | null; readonly because: string }
  readonly killGraceMs: number
  readonly nowMs: UnixMs
}

/** What an act on a service would do, slot by slot and batch by batch, in the order in which the reconciler does it. Changes nothing. */
export function planServiceAct(request: ServiceActRequest): ServiceActPlan {
  const { before, after, change } = request
  const moves = movesOf(request)
  return {
    v: 1,
    id: request.planId,
    serviceId: before.id,
    what: request.what,
    basis: request.basis,
    computedAtMs: request.nowMs,
    fromReplicas: request.wanted.before,
    toReplicas: request.wanted.after,
    fromVersion: before.specVersion,
    toVersion: after.specVersion,
    moves,
    batches: Math.max(0, ...moves.map(({ batch }) => batch)),
    untouched: change.untouched,
    warnings: warningsOf(request, moves).map((text) => text.slice(0, 500)),
    estimateMs: estimateOf(request, moves),
  }
}

function movesOf({ after, what, change, placementOf }: ServiceActRequest): ServiceMove[] {
  const isUpdate = what === 'update'
  const begins = (slot: string, batch: number, task: Task | null): ServiceMove => {
    const { nodeId, because } = placementOf(slot)
    const fate = nodeId === null ? 'nowhere' : task ? 'replaced' : 'starts'
    return {
      slot,
      fate,
      batch,
      taskId: task?.id ?? null,
      fromNodeId: task?.nodeId ?? null,
      toNodeId: nodeId,
      because: because.slice(0, 500),
    }
  }
  const because = `it is beyond the ${after.replicas} that are asked for`
  return [
    ...change.fresh.map((slot) => begins(slot, 1, null)),
    ...change.replaced.map(({ slot, task }, index) => begins(slot, batchOf(after, index, isUpdate), task)),
    ...change.removed.map(
      ({ slot, task }): ServiceMove => ({
        slot,
        fate: 'stops',
        batch: 1,
        taskId: task.id,
        fromNodeId: task.nodeId,
        toNodeId: null,
        because,
      }),
    ),
  ]
}

/** The canaries first, then the rest, as many at a time as the policy allows. */
function batchOf({ update: { canary, maxParallel } }: Service, index: number, hasCanaries: boolean): number {
  const first = hasCanaries ? canary : 0
  if (index < first) return Math.floor(index / maxParallel) + 1
  return Math.ceil(first / maxParallel) + Math.floor((index - first) / maxParallel) + 1
}

function warningsOf({ before, after, what, wanted, change, tasks }: ServiceActRequest, moves: readonly ServiceMove[]) {
  const nowhere = moves.filter(({ fate }) => fate === 'nowhere')
  const healthy = tasks.filter((task) => isHealthy(before, task)).length
  const warnings: string[] = []
  const [first] = nowhere
  if (first) warnings.push(`${many(nowhere.length)} would have nowhere to go. Replica ${first.slot}: ${first.because}`)

  const needed = availableMin(after, wanted.after)
  const lost = change.removed.filter(({ task }) => isHealthy(before, task)).length
  if (lost > 0 && healthy - lost < needed)
    warnings.push(`${healthy - lost} healthy replicas would be left of those that it has, and it needs ${needed}.`)
  const replaced = change.replaced.filter(({ task }) => isHealthy(before, task)).length
  if (replaced > 0 && after.update.order === 'stop-first') {
    const left = Math.max(0, healthy - lost - Math.min(replaced, after.update.maxParallel))
    const below = left < needed ? `, below the ${needed} that it needs` : ''
    warnings.push(
      `It drops to ${left} of ${wanted.after} healthy replicas in each batch${below}: the old one is stopped first.`,
    )
  }
  const { canary } = after.update
  if (what === 'update' && canary > 0 && change.replaced.length > canary)
    warnings.push(`It waits after ${many(canary)} until somebody resumes it.`)
  return warnings
}

/** From how long the known replicas took from being asked for to being healthy. */
function estimateOf(
  { before, after, tasks, change, killGraceMs }: ServiceActRequest,
  moves: readonly ServiceMove[],
): ServiceActPlan['estimateMs'] {
  const begun = moves.filter(({ fate }) => fate === 'starts' || fate === 'replaced')
  const stopMs = change.removed.length > 0 ? killGraceMs : 0
  if (begun.length === 0) return { low: 0, high: stopMs }
  const times = tasks.flatMap((task) => {
    const readyMs = task.health?.healthy ? task.health.sinceMs : task.startedAtMs
    // A later attempt began when its node was back or another was found, which says nothing of how long a replica takes.
    if (task.attempt !== 1) return []
    return readyMs !== null && isHealthy(before, task) ? [readyMs - task.createdAtMs] : []
  })
  if (times.length === 0) return null
  times.sort((a, b) => a - b)
  const median = times[Math.floor(times.length / 2)] ?? 0
  const worst = times.at(-1) ?? median
  if (change.replaced.length === 0) return { low: median, high: Math.max(worst, stopMs) }
  const batches = new Set(begun.filter(({ fate }) => fate === 'replaced').map(({ batch }) => batch)).size
  const { minHealthyMs } = after.update
  return { low: batches * (median + minHealthyMs), high: batches * (worst + minHealthyMs + killGraceMs) }
}

function many(count: number): string {
  return count === 1 ? '1 replica' : `${count} replicas`
}
