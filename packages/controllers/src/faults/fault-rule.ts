import { defaultFaults, type Faults, failback, type Task, type TaskSpec } from '@quarterdeck/domain'
import type { Random } from '@quarterdeck/platform'
import { retryDelayMs } from '../task/retry-delay.ts'

export function faultsOf({ faults }: Pick<TaskSpec, 'faults'>): Faults {
  return faults ?? defaultFaults
}

/** All attempts that a task may have, the first included. */
export function attemptsMaxOf(task: Pick<Task, 'policy'>, spec: Pick<TaskSpec, 'retry' | 'faults'>): number {
  const { strategy } = faultsOf(spec)
  if (task.policy === 'at-most-once' || strategy === 'failfast') return 1
  return strategy === 'failback' ? failback.attemptsMax : spec.retry.attemptsMax
}

/**
 * How long a task waits before its next attempt, milliseconds. In the background the pause doubles from 5 s to 5 min, give or take a
 * tenth; Dubbo's failback has 5 s always, which a whole job that fails would turn into a storm.
 */
export function pauseMsOf(spec: Pick<TaskSpec, 'retry' | 'faults'>, failures: number, random: Random): number {
  if (faultsOf(spec).strategy !== 'failback') return retryDelayMs(spec.retry, failures, random)
  const pauseMs = Math.min(failback.pauseMsMax, failback.pauseMs * 2 ** Math.max(0, failures - 1))
  return Math.round(pauseMs * (0.9 + 0.2 * random.next()))
}
