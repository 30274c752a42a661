import { type ActPlan, type DrainPlan, limits, type Operation, type UnixMs } from '@quarterdeck/domain'
import type { Deletion } from './deletion.ts'

/** Previews whose time is over. */
export function reapKeptPlans(
  kind: 'act-plan' | 'loss-plan' | 'service-plan' | 'dispatch-plan',
  plans: Iterable<Pick<ActPlan, 'id' | 'computedAtMs'>>,
  nowMs: UnixMs,
): Deletion[] {
  return [...plans].flatMap(({ id, computedAtMs }) => (nowMs - computedAtMs > limits.planKeptMs ? [{ kind, id }] : []))
}

/** Previews that can no longer be confirmed, and operations that ended as long ago as the oldest task. */
export function reapOperations(
  { plans, operations }: { readonly plans: Iterable<DrainPlan>; readonly operations: Iterable<Operation> },
  nowMs: UnixMs,
): Deletion[] {
  const deletions: Deletion[] = []
  for (const { id, computedAtMs } of plans) {
    if (nowMs - computedAtMs > limits.planKeptMs) deletions.push({ kind: 'plan', id })
  }
  for (const { id, endedAtMs } of operations) {
    if (endedAtMs !== null && nowMs - endedAtMs > limits.terminalTaskAgeMsMax) deletions.push({ kind: 'operation', id })
  }
  return deletions
}
