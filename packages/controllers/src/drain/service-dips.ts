import type { DrainOptions, ServiceId, Task } from '@quarterdeck/domain'
import { isReplacedByService } from './stop-moment.ts'

/** How one service stands before a drain. */
export type ServiceStanding = {
  readonly id: ServiceId
  readonly healthy: number
  readonly wanted: number
  readonly needed: number
}

/** How far each service drops while the drain goes on, in words, those that drop below what they need first. */
export function serviceDips(
  tasks: readonly Task[],
  { mode, afterDeadline }: Pick<DrainOptions, 'mode' | 'afterDeadline'>,
  standingOf: (id: ServiceId) => ServiceStanding | undefined,
): string[] {
  const concerned = new Map<ServiceId, number>()
  for (const task of tasks) {
    if (task.replica && isReplacedByService(task) && task.state === 'running')
      concerned.set(task.replica.serviceId, (concerned.get(task.replica.serviceId) ?? 0) + 1)
  }
  const dips = [...concerned].flatMap(([id, count]) => {
    const standing = standingOf(id)
    return standing ? [{ standing, count }] : []
  })
  const isDeep = ({ standing, count }: (typeof dips)[number]) =>
    mode === 'now' && standing.healthy - count < standing.needed
  dips.sort((a, b) => Number(isDeep(b)) - Number(isDeep(a)) || (a.standing.id < b.standing.id ? -1 : 1))
  return dips.map(({ standing: { id, healthy, wanted, needed }, count }) => {
    const left = Math.max(0, healthy - count)
    if (mode === 'now') {
      const below = left < needed ? `, below the ${needed} that it needs` : ''
      return `Service ${id} drops to ${left} of ${wanted} healthy replicas while ${count} move${below}.`
    }
    const then =
      mode === 'wait' && afterDeadline === 'force' ? ` until the deadline; then it drops to ${left} at worst` : ''
    return `Service ${id} stays at ${healthy} of ${wanted} healthy replicas${then}: each replacement is healthy before its original is stopped.`
  })
}
