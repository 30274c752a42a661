import { type ClusterError, clusterError, limits, type ServiceSpec } from '@quarterdeck/domain'
import { findStrategy, strategies } from '@quarterdeck/scheduler'
import type { Core } from '../core.ts'

/** Why this file cannot be applied to the cluster as it is; null when it can. */
export function refuseSpec(core: Core, spec: ServiceSpec): ClusterError | null {
  const { name, mode, replicas, minAvailable, task, health, update } = spec
  const bad = (field: string, message: string, remedy?: string) =>
    clusterError('bad_input', `${field}: ${message}`, { field, ...(remedy ? { remedy } : {}) })

  if (task.strategy !== undefined && !findStrategy(task.strategy))
    return bad(
      'task.strategy',
      `"${task.strategy}" is not known; accepted: ${strategies.map((each) => each.name).join(', ')}.`,
    )
  for (const field of ['onNodes', 'notOnNodes'] as const) {
    const unknown = task[field].find((id) => !core.cache.get('node', id))
    if (unknown !== undefined) return bad(`task.${field}`, `there is no node "${unknown}".`, 'See qd node ls.')
  }
  if (health && health.type !== 'exec' && typeof health.port === 'string') {
    const names = (task.ports ?? []).map(({ name: port }) => port)
    if (!names.includes(health.port))
      return bad('health.port', `"${health.port}" is none of task.ports (${names.join(', ') || 'there are none'}).`)
  }
  if (health?.type === 'exec' && task.driver !== 'exec')
    return bad('health.type', '"exec" runs a program beside a program; a handler has none.', 'Use http or tcp.')
  if (mode === 'replicated' && update.order === 'stop-first' && minAvailable !== null && minAvailable >= replicas)
    return bad('minAvailable', `stop-first needs room to stop one: with ${replicas} replicas at most ${replicas - 1}.`)

  const { autoscale } = spec
  if (autoscale && mode === 'system')
    return bad('autoscale', 'a system service runs once on every matching node.', 'Leave it out.')
  for (const { kind } of autoscale?.metrics ?? []) {
    if (kind === 'cpu' && task.resources.cpuMillis === 0)
      return bad('autoscale.metrics', 'cpu needs `task.resources.cpuMillis` above 0 to compare with.')
    if (kind === 'memory' && task.resources.memoryBytes === 0)
      return bad('autoscale.metrics', 'memory needs `task.resources.memoryBytes` above 0 to compare with.')
    if ((kind === 'cpu' || kind === 'memory') && task.driver === 'handler')
      return bad('autoscale.metrics', `${kind} of a handler cannot be measured.`, 'Use queue or metric.')
  }

  const before = core.cache.get('service', name)?.value
  if (before?.desired === 'removed')
    return clusterError('wrong_state', `Service ${name} is being removed.`, {
      remedy: 'Apply again when it is gone.',
      retryAfterMs: 2_000,
    })
  if (before && before.mode !== mode)
    return bad('mode', `service ${name} is ${before.mode}; that cannot be changed.`, 'Remove it first.')
  if (!before && core.cache.all('service').size >= limits.servicesMax)
    return clusterError('limit_reached', `There are ${limits.servicesMax} services, which is the most.`)
  return null
}
