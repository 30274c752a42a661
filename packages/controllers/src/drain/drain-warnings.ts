import type { DrainOptions, Move, Node, NodeId } from '@quarterdeck/domain'
import { type ClusterSnapshot, countInWords } from '@quarterdeck/scheduler'

/** Most zones that are named; more would be noise. */
const ZONES_NAMED_MAX = 5

/** Sentences that a person should read before they confirm, worst first. */
export function drainWarnings(
  snapshot: ClusterSnapshot,
  nodeIds: readonly NodeId[],
  options: DrainOptions,
  moves: readonly Move[],
): string[] {
  const drained = new Set(nodeIds)
  const nodes = [...snapshot.entries()].map(({ node }) => node)
  const open = nodes.filter((node) => takesWork(node) && !drained.has(node.id))
  const ends = moves.filter(({ fate }) => fate === 'ends').length
  const movers = moves.filter(({ fate }) => fate === 'moves').length
  const nowhere = moves.filter(({ fate }) => fate === 'nowhere').length
  const warnings: string[] = []

  if (ends > 0) warnings.push(`${countInWords(ends, 'at-most-once task')} will be stopped and never run again.`)
  if (open.length === 0) warnings.push('No node stays open for new work.')
  if (nowhere > 0) {
    const then = options.mode === 'now' ? 'The others will wait in the queue.' : 'The drain will wait for room.'
    warnings.push(
      `The rest of the cluster has room for ${movers} of ${countInWords(movers + nowhere, 'task')}. ${then}`,
    )
  }
  for (const zone of emptiedZones(nodes, drained).slice(0, ZONES_NAMED_MAX)) warnings.push(`This empties zone ${zone}.`)
  for (const node of nodes) {
    if (!drained.has(node.id) || node.health === 'ready' || node.health === 'joining') continue
    warnings.push(`${node.id} is ${node.health}: what runs there can only be stopped when it answers.`)
  }
  if (options.mode === 'no-deadline' && moves.some(({ fate }) => fate === 'finishes-here')) {
    warnings.push('Without a deadline the drain takes as long as the longest task.')
  }
  return warnings.slice(0, 50)
}

function takesWork({ health, scheduling }: Node): boolean {
  return health === 'ready' && scheduling === 'open'
}

/** Zones that take work now and would not afterwards. */
function emptiedZones(nodes: readonly Node[], drained: ReadonlySet<NodeId>): string[] {
  const working = nodes.filter(takesWork)
  const left = new Set(working.filter(({ id }) => !drained.has(id)).map(({ zone }) => zone))
  return [...new Set(working.map(({ zone }) => zone))].filter((zone) => !left.has(zone)).sort()
}
