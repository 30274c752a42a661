import type { DrainOptions, DrainPlan, UnixMs } from '@quarterdeck/domain'
import type { Affected } from './plan-drain.ts'

/**
 * Rough time until the nodes are empty: the longest of the tasks that may finish, by what tasks of their names took before (half of them
 * at most `low`, nine in ten at most `high`), and of the stops that come in turns of `parallelMax`. Null when a task that may finish
 * has no history: a guess would be worse than none.
 */
export function estimateDrain(
  affected: readonly Affected[],
  { mode, deadlineMs, parallelMax, afterDeadline }: DrainOptions,
  runTimesMs: (name: string) => readonly number[],
  nowMs: UnixMs,
): DrainPlan['estimateMs'] {
  let low = 0
  let high = stopsMs(affected, mode === 'now' ? Number.POSITIVE_INFINITY : parallelMax)
  for (const { task, moment } of affected) {
    if (moment === 'left' || moment === 'at-once') continue
    const history = runTimesMs(task.name)
    if (history.length === 0) return null
    const elapsedMs = task.startedAtMs === null ? 0 : Math.max(0, nowMs - task.startedAtMs)
    low = Math.max(low, quantile(history, 0.5) - elapsedMs)
    high = Math.max(high, quantile(history, 0.9) - elapsedMs)
  }
  if (mode !== 'wait') return { low, high }
  const graceMs = afterDeadline === 'force' ? Math.max(0, ...affected.map(({ spec }) => spec.killGraceMs)) : 0
  return { low: Math.min(low, deadlineMs), high: Math.min(high, deadlineMs + graceMs) }
}

/** Longest that stopping can take: each turn lasts as long as the longest grace in it. */
function stopsMs(affected: readonly Affected[], parallelMax: number): number {
  const graces = affected.filter(({ moment }) => moment === 'at-once').map(({ spec }) => spec.killGraceMs)
  if (graces.length === 0) return 0
  return Math.max(1, Math.ceil(graces.length / parallelMax)) * Math.max(...graces)
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
