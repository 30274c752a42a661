import type { NodeLoad } from '../load-lane.ts'
import { nodeHealths, nodeRoles, nodeSchedulings } from '../node-states.ts'
import { primaryStatuses } from '../primary-status.ts'
import type { NodeRow } from '../views.ts'
import type { FilterFields } from './match.ts'

/** A node as filters see it; `load` is null while nobody has measured it. */
export type FilterableNode = {
  readonly node: NodeRow
  readonly load: Pick<NodeLoad, 'cpuShare' | 'memoryShare' | 'diskShare'> | null
}

const percent = (share: number | undefined) => (share === undefined ? null : Math.round(share * 100))

/** Fields of a node filter. `load`, `cpu`, `memory` and `disk` are percents. */
export const nodeFilterFields: FilterFields<FilterableNode> = {
  name: { kind: 'text', of: ({ node }) => [node.id] },
  status: { kind: 'choice', choices: primaryStatuses, of: ({ node }) => [node.status] },
  health: { kind: 'choice', choices: nodeHealths, of: ({ node }) => [node.health] },
  scheduling: { kind: 'choice', choices: nodeSchedulings, of: ({ node }) => [node.scheduling] },
  role: { kind: 'choice', choices: nodeRoles, of: ({ node }) => [node.role] },
  zone: { kind: 'text', of: ({ node }) => [node.zone] },
  region: { kind: 'text', of: ({ node }) => [node.region] },
  label: { kind: 'labels', of: ({ node }) => node.labels },
  handler: { kind: 'text', of: ({ node }) => node.facts.handlers },
  driver: { kind: 'choice', choices: ['exec', 'handler'], of: ({ node }) => node.facts.drivers },
  version: { kind: 'text', of: ({ node }) => [node.facts.agentVersion] },
  os: { kind: 'text', of: ({ node }) => [node.facts.os] },
  host: { kind: 'text', of: ({ node }) => [node.facts.hostname] },
  load: { kind: 'number', of: ({ load }) => percent(load?.cpuShare) },
  cpu: { kind: 'number', of: ({ load }) => percent(load?.cpuShare) },
  memory: { kind: 'number', of: ({ load }) => percent(load?.memoryShare) },
  disk: { kind: 'number', of: ({ load }) => percent(load?.diskShare) },
  tasks: { kind: 'number', of: ({ node }) => node.tasksPlaced },
}
