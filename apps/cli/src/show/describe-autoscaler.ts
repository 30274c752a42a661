import type { AutoscaleMetric, Autoscaler, ServiceRow } from '@quarterdeck/domain'
import { ago } from './moments.ts'
import { facts, table } from './table.ts'

/** How an autoscaled service came to the number of replicas that it has. */
export function describeAutoscaler(row: ServiceRow, autoscaler: Autoscaler | null): string {
  const { autoscale } = row
  const about = facts([
    ['service', row.id],
    ['replicas', `${row.replicas} wanted, ${row.healthy} healthy`],
    ['autoscaled', autoscale ? `from ${autoscale.min} to ${autoscale.max}` : 'no: operators say how many there are'],
    ['by', autoscale?.metrics.map(inWords).join('; ') ?? null],
    ['looked', autoscaler && autoscaler.lookedAtMs > 0 ? `${ago(autoscaler.lookedAtMs)} ago` : null],
  ])
  const decisions = table(
    autoscaler?.decisions ?? [],
    [
      { title: 'ago', of: ({ atMs }) => ago(atMs) },
      { title: 'act', of: ({ act, from, to }) => (act === 'keep' ? `keep ${to}` : `${act} ${from} -> ${to}`) },
      { title: 'rule', of: ({ rule }) => rule },
      { title: 'why', of: ({ because }) => because },
    ],
    'No decision yet.',
  )
  const told =
    autoscaler?.told.map(({ name, value, atMs, by }) => `${name} = ${value}, ${ago(atMs)} ago by ${by}`) ?? []
  return [about, '', decisions, ...(told.length > 0 ? ['', ...told] : [])].join('\n')
}

function inWords(metric: AutoscaleMetric): string {
  if (metric.kind === 'cpu' || metric.kind === 'memory') return `${metric.kind} at ${metric.targetPercent} %`
  if (metric.kind === 'metric') return `${metric.perReplica} of ${metric.name} for each replica`
  const labels = Object.entries(metric.labels ?? {}).map(([key, value]) => `${key}=${value}`)
  return `${metric.perReplica} waiting of ${[metric.job ?? '', ...labels].filter(Boolean).join(', ')} for each replica`
}
