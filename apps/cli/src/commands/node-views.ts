import {
  type AsOf,
  compileFilter,
  formatBytes,
  formatCpu,
  type NodeDetail,
  type NodeRow,
  nodeFilterFields,
  parseFilter,
} from '@quarterdeck/domain'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import { nodeIdOf } from '../parse/ids.ts'
import { ago, moment } from '../show/moments.ts'
import { type Column, facts, table } from '../show/table.ts'
import { taskColumns } from '../show/task-columns.ts'

const columns: readonly Column<NodeRow>[] = [
  { title: 'node', of: (node) => node.id },
  { title: 'status', of: (node) => node.status },
  { title: 'role', of: (node) => node.role },
  { title: 'zone', of: (node) => node.zone },
  { title: 'tasks', of: (node) => node.tasksPlaced, align: 'right' },
  {
    title: 'cpu reserved',
    of: (node) => `${formatCpu(node.cpuMillisReserved)}/${formatCpu(node.capacity.cpuMillis)}`,
    align: 'right',
  },
  {
    title: 'memory reserved',
    of: (node) => `${formatBytes(node.memoryBytesReserved)}/${formatBytes(node.capacity.memoryBytes)}`,
    align: 'right',
  },
  { title: 'for', of: (node) => ago(node.healthSinceMs) },
  { title: 'remark', of: (node) => node.remark?.reason ?? '' },
]

export function addNodeViewCommands(node: Command, run: Run): void {
  const list = leaf(node, 'ls', 'the nodes').option(
    '--filter <text>',
    "as in the dashboard: 'status:down,suspect zone:eu-1 -label:gpu'",
  )
  act<{ filter?: string }>(list, run, async ({ cluster, options, print }) => {
    const filter = compileFilter(parseFilter(options.filter ?? ''), nodeFilterFields)
    if (filter.problems.length > 0)
      throw new UsageError(`--filter ${JSON.stringify(options.filter)}: ${filter.problems.join(' ')}`)
    const answer = await cluster.nodes.list()
    const rows = answer.value.filter((row) => filter.matches({ node: row, load: null }))
    print.result({ ...answer, value: rows }, () =>
      table(
        rows,
        columns,
        filter.isEmpty ? 'No node has joined yet. Make a join token: qd token create join' : 'No node matches.',
      ),
    )
    return 0
  })

  act<object, readonly [string]>(
    leaf(node, 'show <node>', 'one node, its load and its tasks'),
    run,
    async ({ cluster, args, print }) => {
      const answer = await cluster.nodes.get({ id: nodeIdOf(args[0]) })
      print.result(answer, () => describe(answer))
      return 0
    },
  )
}

function describe({ value: node, serverMs }: AsOf<NodeDetail>): string {
  const { facts: machine, load, capacity } = node
  const about = facts([
    ['node', node.id],
    [
      'status',
      `${node.status} for ${ago(node.healthSinceMs, serverMs)}${node.downAtMs ? `, down in ${ago(serverMs, node.downAtMs)} unless it returns` : ''}`,
    ],
    ['scheduling', `${node.scheduling}${node.remark ? `: ${node.remark.reason} (${node.remark.by})` : ''}`],
    ['role', node.role],
    ['zone', `${node.zone} (${node.region})`],
    [
      'labels',
      Object.entries(node.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(' '),
    ],
    ['machine', `${machine.hostname}, ${machine.os}, ${machine.cpuCount} × ${machine.cpuModel}`],
    ['agent', `${machine.agentVersion}, isolation ${machine.isolation}, drivers ${machine.drivers.join(' ')}`],
    ['handlers', machine.handlers.join(' ')],
    [
      'capacity',
      `${formatCpu(capacity.cpuMillis)} CPU, ${formatBytes(capacity.memoryBytes)}, ${capacity.taskSlots} tasks${(capacity.gpus ?? []).map(({ model, count }) => `, ${count} × ${model}`).join('')}`,
    ],
    [
      'reserved',
      `${formatCpu(node.cpuMillisReserved)} CPU, ${formatBytes(node.memoryBytesReserved)}, ${node.tasksPlaced} tasks`,
    ],
    [
      'measured',
      load
        ? `CPU ${percent(load.cpuShare)}, memory ${formatBytes(load.memoryBytesUsed)}, load ${load.loadAverage[0].toFixed(2)}`
        : null,
    ],
    ['last beat', node.beatAgeMs === null ? null : `${ago(0, node.beatAgeMs)} ago`],
    ['controller', node.session?.controllerId ?? null],
  ])
  const evidence = node.evidence
    .slice(0, 5)
    .map((entry) => `${moment(entry.atMs)}  ${entry.from} -> ${entry.to}: ${entry.because}`)
  const tasks = table(
    node.tasks,
    taskColumns.filter(({ title }) => title !== 'node'),
    'No task is here.',
  )
  return [about, ...(evidence.length > 0 ? ['', ...evidence] : []), '', tasks].join('\n')
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
