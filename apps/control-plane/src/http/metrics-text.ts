import type { Vitals } from '@quarterdeck/control-plane'

/** Numbers that the process itself knows. */
export type ProcessVitals = {
  readonly memoryBytesResident: number
  readonly cpuSeconds: number
  readonly uptimeSeconds: number
  readonly sockets: { readonly agent: number; readonly client: number }
}

type Sample = number | null | Readonly<Record<string, number>>
type Metric = {
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  /** Name of the label when `read` gives several values. */
  readonly label?: string
  readonly read: (vitals: Vitals, process: ProcessVitals) => Sample
}

/** One line each; seconds and bytes, as Prometheus wants them. */
const metrics: readonly Metric[] = [
  { name: 'qd_nodes', type: 'gauge', help: 'Nodes by primary status.', label: 'status', read: (v) => v.nodesByStatus },
  { name: 'qd_tasks', type: 'gauge', help: 'Tasks by state.', label: 'state', read: (v) => v.tasksByState },
  {
    name: 'qd_agent_sessions',
    type: 'gauge',
    help: 'Agents connected to this controller.',
    read: (v) => v.agentSessions,
  },
  {
    name: 'qd_streams',
    type: 'gauge',
    help: 'Live streams of pages and programs on this controller.',
    read: (v) => v.streams,
  },
  { name: 'qd_sockets', type: 'gauge', help: 'Open WebSockets by kind.', label: 'kind', read: (_, p) => p.sockets },
  { name: 'qd_is_leader', type: 'gauge', help: '1 while this controller decides.', read: (v) => Number(v.isLeader) },
  { name: 'qd_epoch', type: 'gauge', help: 'Epoch of the lease as this controller knows it.', read: (v) => v.epoch },
  {
    name: 'qd_revision',
    type: 'gauge',
    help: 'Store revision that the read cache has reached.',
    read: (v) => v.revision,
  },
  {
    name: 'qd_view_behind_seconds',
    type: 'gauge',
    help: 'How far the read cache may be behind the store.',
    read: (v) => v.behindMs / 1_000,
  },
  {
    name: 'qd_store_round_trip_seconds',
    type: 'gauge',
    help: 'Last round trip to the store; absent while it does not answer.',
    read: (v) => (v.storeRoundTripMs === null ? null : v.storeRoundTripMs / 1_000),
  },
  {
    name: 'qd_event_loop_lag_seconds',
    type: 'gauge',
    help: 'Worst recent delay of the event loop.',
    read: (v) => v.eventLoopLagMs / 1_000,
  },
  { name: 'qd_beats_total', type: 'counter', help: 'Heartbeats heard by this controller.', read: (v) => v.beatsTotal },
  {
    name: 'qd_commits_total',
    type: 'counter',
    help: 'Commits written by this controller.',
    read: (v) => v.commitsTotal,
  },
  {
    name: 'qd_commit_calls_total',
    type: 'counter',
    help: 'Calls to the store that carried those commits.',
    read: (v) => v.commitCallsTotal,
  },
  {
    name: 'qd_commits_waiting',
    type: 'gauge',
    help: 'Commits that wait to be sent to the store.',
    read: (v) => v.commitsWaiting,
  },
  {
    name: 'qd_commit_conflicts_total',
    type: 'counter',
    help: 'Commits refused because an object had changed.',
    read: (v) => v.conflictsTotal,
  },
  {
    name: 'qd_commits_fenced_total',
    type: 'counter',
    help: 'Commits refused because another controller leads.',
    read: (v) => v.fencedTotal,
  },
  { name: 'qd_placements_total', type: 'counter', help: 'Tasks placed on a node.', read: (v) => v.placementsTotal },
  {
    name: 'qd_placement_refusals_total',
    type: 'counter',
    help: 'Tries to place a task that found no node.',
    read: (v) => v.refusalsTotal,
  },
  {
    name: 'qd_reports_total',
    type: 'counter',
    help: 'Reports of agents applied by this controller.',
    read: (v) => v.reportsTotal,
  },
  {
    name: 'qd_tasks_finished_total',
    type: 'counter',
    help: 'Tasks ended, by final state.',
    label: 'state',
    read: (v) => v.tasksFinishedTotal,
  },
  { name: 'qd_suspicions_total', type: 'counter', help: 'Nodes that became suspect.', read: (v) => v.suspicionsTotal },
  {
    name: 'qd_false_suspicions_total',
    type: 'counter',
    help: 'Suspect nodes that came back.',
    read: (v) => v.falseSuspicionsTotal,
  },
  {
    name: 'qd_takeovers_total',
    type: 'counter',
    help: 'Times that this controller became the leader.',
    read: (v) => v.takeoversTotal,
  },
  {
    name: 'qd_process_resident_memory_bytes',
    type: 'gauge',
    help: 'Memory that the process holds.',
    read: (_, p) => p.memoryBytesResident,
  },
  {
    name: 'qd_process_cpu_seconds_total',
    type: 'counter',
    help: 'CPU time that the process used.',
    read: (_, p) => p.cpuSeconds,
  },
  { name: 'qd_process_uptime_seconds', type: 'gauge', help: 'Age of the process.', read: (_, p) => p.uptimeSeconds },
]

/** The text that Prometheus reads. */
export function metricsText(vitals: Vitals, process: ProcessVitals): string {
  return metrics.map((metric) => block(metric, metric.read(vitals, process))).join('')
}

function block({ name, type, help, label }: Metric, sample: Sample): string {
  const lines =
    sample === null
      ? []
      : typeof sample === 'number'
        ? [`${name} ${sample}`]
        : Object.entries(sample).map(
            ([value, count]) => `${name}{${label ?? 'kind'}=${JSON.stringify(value)}} ${count}`,
          )
  return lines.length === 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`
}
