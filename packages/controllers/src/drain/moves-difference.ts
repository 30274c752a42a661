import type { Move, Node, NodeId, TaskId } from '@quarterdeck/domain'

const NAMED_MAX = 3

/**
 * What is materially different now from the moves that were confirmed, in one sentence; null when carrying them out does what was said.
 *
 * Tasks that ended meanwhile do not count: less happens than was shown, nothing else. Neither does another receiver in the new plan:
 * loads move all the time, and the confirmed receiver is the one that is used. It must only still take work.
 */
export function movesDifference(
  confirmed: readonly Move[],
  now: readonly Move[],
  nodeOf: (id: NodeId) => Pick<Node, 'health' | 'scheduling'> | undefined,
): string | null {
  const before = new Map<TaskId, Move>(confirmed.map((move) => [move.taskId, move]))
  const arrived = now.filter(({ taskId }) => !before.has(taskId))
  if (arrived.length > 0) {
    return `${arrived.length} ${arrived.length === 1 ? 'task was' : 'tasks were'} placed there since: ${names(arrived)}.`
  }

  const changed = now.filter(({ taskId, fate }) => before.get(taskId)?.fate !== fate)
  const [first] = changed
  if (first) {
    const was = before.get(first.taskId)?.fate ?? first.fate
    return `${names(changed)}: the plan said "${inWords(was)}", now it would be "${inWords(first.fate)}" (${first.because}).`
  }

  const present = new Set(now.map(({ taskId }) => taskId))
  const receivers = confirmed.flatMap(({ taskId, toNodeId }) => (toNodeId && present.has(taskId) ? [toNodeId] : []))
  for (const id of new Set(receivers)) {
    const node = nodeOf(id)
    if (!node) return `${id}, which was to receive tasks, was removed.`
    if (node.health !== 'ready') return `${id}, which was to receive tasks, is ${node.health}.`
    if (node.scheduling !== 'open') return `${id}, which was to receive tasks, is ${node.scheduling}.`
  }
  return null
}

function names(moves: readonly Move[]): string {
  const shown = moves.slice(0, NAMED_MAX).map(({ name }) => name)
  const more = moves.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}

function inWords(fate: Move['fate']): string {
  const words: Record<Move['fate'], string> = {
    'finishes-here': 'finishes here',
    moves: 'moves',
    stays: 'stays',
    ends: 'is ended',
    nowhere: 'finds no node',
  }
  return words[fate]
}
