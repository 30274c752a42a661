import type { Service, ServiceSpec } from '@quarterdeck/domain'

/**
 * The file as it is compared and kept: what is switched off is not there. While a service is autoscaled its file does not say how many
 * replicas there are: it keeps those that it has, within the bounds.
 */
export function settledSpec({ autoscale, rebalance, ...rest }: ServiceSpec, before: Service | undefined): ServiceSpec {
  const spec = { ...rest, ...(rebalance ? { rebalance } : {}) }
  if (!autoscale) return spec
  if (spec.mode === 'system') return { ...spec, autoscale }
  const replicas = before ? before.replicas : spec.replicas
  return { ...spec, autoscale, replicas: Math.min(autoscale.max, Math.max(autoscale.min, replicas)) }
}
