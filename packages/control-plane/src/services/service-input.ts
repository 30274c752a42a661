import { drainDeadlineMs, replicaSlots, type ServiceInput, systemSlots } from '@quarterdeck/controllers'
import { currentVersion, isGone, isPlaced, type Node, type Service, type Task } from '@quarterdeck/domain'
import { labelsOf, satisfies } from '@quarterdeck/scheduler'
import type { Core } from '../core.ts'

/** Everything that a decision about a service stands on, as this controller's cache has it. */
export function serviceInput(core: Core, service: Service): ServiceInput {
  const tasks = tasksOfService(core, service.id)
  const nowMs = core.platform.clock.unixMs()
  return { service, tasks, nowMs, ...slotsOf(core, service, tasks), isLeaving: (task) => isLeaving(core, task, nowMs) }
}

export function tasksOfService(core: Core, id: Service['id']): readonly Task[] {
  return [...core.tasks.ofService(id)].flatMap((taskId) => core.cache.get('task', taskId)?.value ?? [])
}

export function slotsOf(
  core: Core,
  service: Service,
  tasks: readonly Task[],
): Pick<ServiceInput, 'slots' | 'keptSlots'> {
  if (service.mode === 'replicated') return { slots: replicaSlots(service.replicas), keptSlots: new Set() }
  const { task } = currentVersion(service)
  const nodes = [...core.cache.all('node').values()].map(({ value }) => value)
  const matches = (node: Node) => task.constraints.every((constraint) => satisfies(labelsOf(node), constraint))
  return systemSlots(nodes, task, tasks, matches)
}

/** Whether it was placed on a node that is down, has left or was removed. */
export function isOnLostNode(core: Core, { nodeId, state }: Task): boolean {
  if (nodeId === null || !isPlaced(state)) return false
  const health = core.cache.get('node', nodeId)?.value.health
  return health === undefined || isGone(health)
}

/** Whether the drain of its node leaves it to its service to move this replica, start-first. A forced drain stops it by itself. */
function isLeaving(core: Core, { nodeId, system }: Task, nowMs: number): boolean {
  if (nodeId === null || system) return false
  const node = core.cache.get('node', nodeId)?.value
  if (node?.scheduling !== 'draining' || !node.drain || node.drain.mode === 'now') return false
  const deadlineMs = drainDeadlineMs(node.drain)
  return deadlineMs === null || nowMs < deadlineMs
}
