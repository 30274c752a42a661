import { type ServiceActOperation, trackServiceAct } from '@quarterdeck/controllers'
import type { Operation } from '@quarterdeck/domain'
import type { Core } from '../core.ts'
import { slotsOf, tasksOfService } from '../services/service-input.ts'

/** A confirmed act on a service with what became of it, for the tracker of operations. */
export function serviceActNow(core: Core, operation: Operation): Operation | null {
  if (!isServiceAct(operation)) return null
  const { serviceId } = operation.service.plan
  const service = core.cache.get('service', serviceId)?.value
  const tasks = tasksOfService(core, serviceId)
  const slots = new Set(service ? slotsOf(core, service, tasks).slots : [])
  return trackServiceAct(operation, { service, slots, tasks, nowMs: core.platform.clock.unixMs() })
}

function isServiceAct(operation: Operation): operation is ServiceActOperation {
  return operation.kind === 'service' && operation.state === 'running' && operation.service !== undefined
}
