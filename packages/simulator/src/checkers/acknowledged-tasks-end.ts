import { isTerminal, type Task } from '@quarterdeck/domain'
import type { History, SettledEvent } from '../history/history-event.ts'
import { withoutLostCommits } from '../history/lineage.ts'
import type { Checker } from './checker.ts'

/**
 * I4. A task whose submit was lost with the store's tail counts as reported lost, unless it was acknowledged as durable.
 */
export const acknowledgedTasksEnd: Checker = {
  name: 'I4',
  claim: 'Every acknowledged task ends, or waits for a reason; a durable one is never lost',

  check(history) {
    const settled = history.findLast((event) => event.kind === 'settled')
    if (settled?.kind !== 'settled') return []
    const tasks = new Map(settled.tasks.map((task) => [String(task.id), task]))
    const created = createdTasks(history)
    const kept = createdTasks(withoutLostCommits(history))
    const violations: string[] = []

    for (const event of history) {
      if (event.kind !== 'submit-acked') continue
      const task = tasks.get(event.taskId)
      if (!task) {
        const wasLost = created.has(event.taskId) && !kept.has(event.taskId)
        if (event.durable) violations.push(`durable task ${event.taskId} was acknowledged and is lost`)
        else if (!wasLost) violations.push(`task ${event.taskId} was acknowledged, no failover lost it, and it is gone`)
        continue
      }
      const because = whyStuck(task, settled)
      if (because) violations.push(`task ${task.id} (${task.policy}) is still ${task.state}: ${because}`)
    }
    return violations
  },
}

function createdTasks(history: History): Set<string> {
  const ids = new Set<string>()
  for (const event of history) {
    if (event.kind !== 'commit') continue
    for (const { kind, id } of event.changes) if (kind === 'task') ids.add(id)
  }
  return ids
}

/** Null when it has ended or waits for something that is really missing. */
function whyStuck(task: Task, { nodes, unixMs }: SettledEvent): string | null {
  if (isTerminal(task.state)) return null
  if (task.state === 'delayed' && (task.notBeforeMs ?? 0) > unixMs) return null
  const open = nodes.filter((node) => node.health === 'ready' && node.scheduling === 'open')
  if (task.state === 'queued') {
    const fits = open.find((node) => node.capacity.cpuMillis >= task.resources.cpuMillis)
    return fits ? `${fits.id} is ready, open and large enough` : null
  }
  const node = nodes.find(({ id }) => id === task.nodeId)
  if (task.state === 'unknown' && node?.health !== 'ready') return null
  return `attempt ${task.attempt} on ${task.nodeId ?? 'no node'} (${node?.health ?? 'gone'})`
}
