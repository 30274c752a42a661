import type { AutoscaleMetric, AutoscaleReading } from '@quarterdeck/domain'

/** What one replica uses of what it asks for, 1 = all of it; null: not running yet, or not measured. */
export type ReplicaShare = number | null

/** The state of the world for one metric. */
export type Measure =
  | { readonly kind: 'per-replica'; readonly shares: readonly ReplicaShare[]; readonly unknownBecause: string }
  /** A sum over the service; null when it cannot be told. */
  | { readonly kind: 'total'; readonly value: number | null; readonly unknownBecause: string }

/**
 * How many replicas one metric asks for, by the formula of Kubernetes' Horizontal Pod Autoscaler: `ceil(replicas x value / target)`, and
 * no change while the value is off its target by less than the tolerance. Replicas that are not measured count as idle when the others
 * ask for more, and as being at the target when they ask for less, so that what is not known never exaggerates a change.
 *
 * Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
 */
export function readMetric(
  metric: AutoscaleMetric,
  measure: Measure,
  replicas: number,
  toleranceShare: number,
): AutoscaleReading {
  return measure.kind === 'total'
    ? readTotal(metric, measure, replicas, toleranceShare)
    : readShares(metric, measure, replicas, toleranceShare)
}

export function metricInWords(metric: AutoscaleMetric): string {
  switch (metric.kind) {
    case 'cpu':
      return 'CPU'
    case 'memory':
      return 'memory'
    case 'queue': {
      const labels = Object.entries(metric.labels ?? {}).map(([key, value]) => `${key}=${value}`)
      return `tasks waiting of ${[...(metric.job ? [metric.job] : []), ...labels].join(', ')}`.slice(0, 200)
    }
    case 'metric':
      return metric.name
    default:
      return metric satisfies never
  }
}

function readTotal(
  metric: AutoscaleMetric,
  { value, unknownBecause }: Extract<Measure, { kind: 'total' }>,
  replicas: number,
  toleranceShare: number,
): AutoscaleReading {
  const name = metricInWords(metric)
  const target = 'perReplica' in metric ? metric.perReplica : 1
  if (value === null) return { metric: name, value, target, wants: null, because: `${name}: ${unknownBecause}` }
  const ratio = replicas === 0 ? Number.POSITIVE_INFINITY : value / (target * replicas)
  const isNear = Math.abs(1 - ratio) <= toleranceShare
  const wants = isNear ? replicas : capped(Math.ceil(value / target))
  const because = `${name}: ${short(value)}, one replica is to carry ${short(target)}`
  return { metric: name, value, target, wants, because }
}

function readShares(
  metric: AutoscaleMetric,
  { shares, unknownBecause }: Extract<Measure, { kind: 'per-replica' }>,
  replicas: number,
  toleranceShare: number,
): AutoscaleReading {
  const name = metricInWords(metric)
  const target = 'targetPercent' in metric ? metric.targetPercent : 100
  const known = shares.filter((share) => share !== null)
  if (known.length === 0)
    return { metric: name, value: null, target, wants: null, because: `${name}: ${unknownBecause}` }

  const percent = (100 * sum(known)) / known.length
  const missing = Math.max(0, replicas - known.length)
  const value = Math.round(percent * 10) / 10
  const unsaid = missing > 0 ? ` (${missing} of ${replicas} replicas not measured)` : ''
  const because = `${name}: ${Math.round(percent)} % of what is asked for, target ${target} %${unsaid}`
  return { metric: name, value, target, wants: wantedByShares(), because }

  function wantedByShares(): number {
    const ratio = percent / target
    if (missing === 0 && Math.abs(1 - ratio) <= toleranceShare) return replicas
    const assumed = ratio > 1 ? 0 : target
    const ratioOfAll = (percent * known.length + assumed * missing) / (known.length + missing) / target
    const isTurned = ratio > 1 !== ratioOfAll > 1
    if (missing > 0 && (isTurned || Math.abs(1 - ratioOfAll) <= toleranceShare)) return replicas
    const wants = capped(Math.ceil(ratioOfAll * (known.length + missing)))
    return ratioOfAll > 1 ? Math.max(replicas, wants) : Math.min(replicas, wants)
  }
}

/** A number that no cluster has, and that still is one. */
function capped(replicas: number): number {
  return Math.min(replicas, 1_000_000)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100)
}
