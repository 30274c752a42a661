import { compareText, type NodeRow, type PrimaryStatus } from '@quarterdeck/domain'
import { store } from '../live/page.ts'

/** Worst first. */
const severity: Record<PrimaryStatus, number> = {
  down: 0,
  suspect: 1,
  unknown: 2,
  draining: 3,
  joining: 4,
  cordoned: 5,
  drained: 6,
  ready: 7,
  left: 8,
}
const roleRank: Record<NodeRow['role'], number> = { leader: 0, standby: 1, worker: 2 }

type Compare = (a: NodeRow, b: NodeRow) => number

const cpu = (node: NodeRow) => store.load.read(node.slot)?.cpuShare ?? -1
const memory = (node: NodeRow) => store.load.read(node.slot)?.memoryShare ?? -1
const byName: Compare = (a, b) => compareText(a.id, b.id)

/** Every order that the node table offers, by the name of its column. Equal nodes are in the order of their names. */
export const nodeOrders: Readonly<Record<string, Compare>> = {
  status: (a, b) => severity[a.status] - severity[b.status],
  name: byName,
  role: (a, b) => roleRank[a.role] - roleRank[b.role],
  zone: (a, b) => compareText(a.zone, b.zone),
  tasks: (a, b) => b.tasksPlaced - a.tasksPlaced,
  cpu: (a, b) => cpu(b) - cpu(a),
  memory: (a, b) => memory(b) - memory(a),
  since: (a, b) => b.healthSinceMs - a.healthSinceMs,
  version: (a, b) => compareText(a.facts.agentVersion, b.facts.agentVersion),
}

/** Orders that change with every load frame. */
export function followsLoad(sort: string, filter: string): boolean {
  return /^-?(cpu|memory)$/.test(sort) || /\b(load|cpu|memory|disk):/.test(filter)
}

export function compareNodes(sort: string): Compare {
  const isReverse = sort.startsWith('-')
  const order = nodeOrders[isReverse ? sort.slice(1) : sort] ?? byName
  return (a, b) => (isReverse ? -order(a, b) : order(a, b)) || byName(a, b)
}

/** The group that a node is in: `zone`, `region`, `role`, `version`, `status`, or `label:<key>`. */
export function groupOf(node: NodeRow, group: string): string {
  switch (group) {
    case 'zone':
      return node.zone
    case 'region':
      return node.region
    case 'role':
      return node.role
    case 'status':
      return node.status
    case 'version':
      return node.facts.agentVersion
    default:
      return group.startsWith('label:') ? (node.labels[group.slice(6)] ?? `no ${group.slice(6)}`) : ''
  }
}
