import { isHealthy, isUnhealthy } from '@quarterdeck/controllers'
import {
  availableMin,
  isTerminal,
  isWaiting,
  type Service,
  type ServiceRow,
  type Stored,
  type Task,
} from '@quarterdeck/domain'
import type { Core } from '../core.ts'
import { isOnLostNode, slotsOf, tasksOfService } from './service-input.ts'

/** A service as every surface shows it, with its replicas counted as they are now. */
export function serviceRow(core: Core, stored: Stored<'service'>): ServiceRow {
  const { v: _, versions: __, tasksMade: ___, ...row } = stored.value
  const tasks = tasksOfService(core, stored.value.id)
  const live = tasks.filter(({ state }) => !isTerminal(state))
  // Of a node that is gone only an old word is left, until failover has said what becomes of its tasks.
  const reached = live.filter((task) => !isOnLostNode(core, task))
  const healthy = healthySlots(stored.value, reached)
  const { slots } = slotsOf(core, stored.value, tasks)
  return {
    ...row,
    revision: stored.revision,
    wanted: slots.length,
    healthy: slots.filter((slot) => healthy.has(slot)).length,
    unhealthy: live.length - reached.length + reached.filter(isUnhealthy).length,
    starting: reached.filter((task) => isStarting(stored.value, task)).length,
    waiting: live.filter(({ state }) => isWaiting(state)).length,
    byVersion: byVersion(stored.value, live, new Set(reached)),
  }
}

/** How it stands, for the preview of a drain. */
export function serviceStanding(core: Core, id: Service['id']) {
  const stored = core.cache.get('service', id)
  if (!stored) return undefined
  const { wanted, healthy } = serviceRow(core, stored)
  return { id, healthy, wanted, needed: availableMin(stored.value, wanted) }
}

function healthySlots(service: Service, live: readonly Task[]): ReadonlySet<string> {
  return new Set(live.filter((task) => isHealthy(service, task)).map(({ replica }) => replica?.slot ?? ''))
}

function isStarting(service: Service, task: Task): boolean {
  return task.state === 'assigned' || (task.state === 'running' && !isHealthy(service, task) && !isUnhealthy(task))
}

function byVersion(service: Service, live: readonly Task[], reached: ReadonlySet<Task>): ServiceRow['byVersion'] {
  const counts = new Map<number, { live: number; healthy: number }>()
  for (const task of live) {
    const version = task.replica?.specVersion ?? 0
    const count = counts.get(version) ?? { live: 0, healthy: 0 }
    const isGood = reached.has(task) && isHealthy(service, task)
    counts.set(version, { live: count.live + 1, healthy: count.healthy + (isGood ? 1 : 0) })
  }
  return [...counts].map(([version, count]) => ({ version, ...count })).sort((a, b) => b.version - a.version)
}
