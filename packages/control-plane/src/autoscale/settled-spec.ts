import type { Service, ServiceSpec } from '@quarterdeck/domain'

/** While a service is autoscaled its file does not say how many replicas there are: it keeps those that it has, within the bounds. */
export function settledSpec(spec: ServiceSpec, before: Service | undefined): ServiceSpec {
  const { autoscale } = spec
  if (!autoscale || spec.mode === 'system') return spec
  const replicas = before ? before.replicas : spec.replicas
  return { ...spec, replicas: Math.min(autoscale.max, Math.max(autoscale.min, replicas)) }
}
