import { availableMin, isTerminal, type Service, type Task, type UnixMs } from '@quarterdeck/domain'
import { exitInWords } from '../task/task-event.ts'
import { hasFailed, isHealthy, isUnhealthy } from './replica-state.ts'

/**
 * Whether enough replicas are healthy. The same object when nothing changed, so that nothing is written: a service that starts is
 * `starting` until it once had enough, and only one that had enough can be degraded.
 */
export function serviceCondition(
  service: Service,
  slots: readonly string[],
  tasks: readonly Task[],
  nowMs: UnixMs,
): Service['condition'] {
  const healthySlots = new Set(
    tasks.filter((task) => isHealthy(service, task)).map(({ replica }) => replica?.slot ?? ''),
  )
  const healthy = slots.filter((slot) => healthySlots.has(slot)).length
  const needed = availableMin(service, slots.length)
  const { condition } = service
  if (healthy >= needed) {
    return condition.state === 'ok'
      ? condition
      : { state: 'ok', sinceMs: nowMs, because: `${healthy} of ${slots.length} replicas are healthy.` }
  }
  if (condition.state !== 'ok') return condition
  const because = `${healthy} of ${slots.length} replicas are healthy, ${needed} are needed. ${worst(slots, healthySlots, tasks)}`
  return { state: 'degraded', sinceMs: nowMs, because: because.slice(0, 500) }
}

/** What is wrong with the first slot that has no healthy replica. */
function worst(slots: readonly string[], healthySlots: ReadonlySet<string>, tasks: readonly Task[]): string {
  const slot = slots.find((each) => !healthySlots.has(each))
  const own = tasks.filter(({ replica }) => replica?.slot === slot).sort((a, b) => b.createdAtMs - a.createdAtMs)
  const live = own.find(({ state }) => !isTerminal(state))
  if (live && isUnhealthy(live)) return `Replica ${slot} is unhealthy: ${live.health?.because ?? ''}`
  const ended = own.find(hasFailed)
  if (ended?.exit) return `Replica ${slot} ended: ${exitInWords(ended.exit)}`
  return live ? `Replica ${slot} is ${live.state}.` : `Replica ${slot} is missing.`
}
