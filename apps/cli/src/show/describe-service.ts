import type { ServiceDetail, ServicePlan, ServiceRow, TaskRow } from '@quarterdeck/domain'
import { ago, moment } from './moments.ts'
import { type Column, facts, table } from './table.ts'

export const serviceColumns: readonly Column<ServiceRow>[] = [
  { title: 'service', of: (row) => row.id },
  { title: 'mode', of: (row) => row.mode },
  { title: 'healthy', of: (row) => `${row.healthy} of ${row.wanted}`, align: 'right' },
  { title: 'state', of: (row) => (row.desired === 'removed' ? 'being removed' : row.condition.state) },
  { title: 'version', of: (row) => row.specVersion, align: 'right' },
  { title: 'update', of: rolloutWord },
  { title: 'changed', of: (row) => `${ago(row.changedAtMs)} ago by ${row.changedBy}` },
]

/** `v2 -> v3 running, 1 of 3`. */
export function rolloutWord({ rollout, byVersion, wanted }: ServiceRow): string | null {
  if (!rollout || rollout.state === 'done') return null
  const done = byVersion.find(({ version }) => version === rollout.toVersion)?.healthy ?? 0
  return `${rollout.kind} v${rollout.fromVersion} -> v${rollout.toVersion} ${rollout.state}, ${done} of ${wanted}`
}

const replicaColumns: readonly Column<TaskRow>[] = [
  { title: 'slot', of: (row) => row.replica?.slot ?? null },
  { title: 'version', of: (row) => row.replica?.specVersion ?? null, align: 'right' },
  { title: 'state', of: (row) => row.state },
  { title: 'health', of: healthWord },
  { title: 'node', of: (row) => row.nodeId },
  { title: 'restarts', of: (row) => row.replica?.restarts ?? null, align: 'right' },
  { title: 'for', of: (row) => ago(row.sinceMs) },
  { title: 'task', of: (row) => row.id },
]

function healthWord({ health, state, exit }: TaskRow): string | null {
  if (exit?.error) return exit.error
  if (state !== 'running' || !health) return null
  return health.healthy ? 'healthy' : `unhealthy: ${health.because}`
}

/** One service with its replicas and the versions that it can go back to. */
export function describeService({ service, versions, rollout, tasks }: ServiceDetail): string {
  const about = facts([
    ['service', service.id],
    ['mode', service.mode],
    ['healthy', `${service.healthy} of ${service.wanted}`],
    ['state', stateOf(service)],
    ['autoscaled', service.autoscale ? `from ${service.autoscale.min} to ${service.autoscale.max}` : null],
    ['version', service.specVersion],
    ['update', rolloutWord(service)],
    ...(rollout?.because ? [['', rollout.because] as const] : []),
    ['changed', `${moment(service.changedAtMs)} by ${service.changedBy}`],
  ])
  const kept = table(
    versions,
    [
      { title: 'version', of: ({ version }) => `${version}${version === service.specVersion ? ' (in force)' : ''}` },
      {
        title: 'runs',
        of: ({ task }) => task.handler?.name ?? [task.exec?.command, ...(task.exec?.args ?? [])].join(' '),
      },
      { title: 'made', of: ({ atMs, by }) => `${ago(atMs)} ago by ${by}` },
    ],
    'None.',
  )
  return [about, '', table(tasks, replicaColumns, 'It has no replicas.'), '', kept].join('\n')
}

function stateOf({ desired, condition }: ServiceRow): string {
  if (desired === 'removed') return 'being removed'
  return condition.state === 'ok' ? 'ok' : `${condition.state}: ${condition.because}`
}

/** What a file would change, line by line, and what follows from it. */
export function describeServicePlan(plan: ServicePlan): string {
  const changes = plan.changes.flatMap(({ path, before, after }) => [
    ...(before === null ? [] : [`  - ${path}: ${before}`]),
    ...(after === null ? [] : [`  + ${path}: ${after}`]),
  ])
  const places = plan.placements.map(
    ({ slot, nodeId, because }) => `  replica ${slot} -> ${nodeId ?? 'no node'}: ${because}`,
  )
  return [`Service ${plan.name}: ${plan.act}`, ...changes, ...plan.steps, ...places].join('\n')
}
