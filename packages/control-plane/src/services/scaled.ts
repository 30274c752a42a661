import type { Service } from '@quarterdeck/domain'

/** A service that is to have more is not degraded for not having them yet. */
export function scaled(service: Service, replicas: number): Service {
  if (service.condition.state !== 'ok' || replicas <= service.replicas) return service
  return { ...service, condition: { ...service.condition, state: 'starting', because: `scaling to ${replicas}` } }
}
