import { isTerminal, type Task } from '@quarterdeck/domain'
import type { History } from '../history/history-event.ts'
import { withoutLostCommits } from '../history/lineage.ts'
import type { Checker } from './checker.ts'

/** I6. A failure counts once per attempt; a success belongs to an attempt that really ended well, on that node, before the commit. */
export const oneResult: Checker = {
  name: 'I6',
  claim: 'At most one result is applied per task, and it is the one of the attempt it names',

  check(history) {
    const tasks = new Map<string, Task>()
    const counted = new Set<string>()
    const finished = new Set<string>()
    const violations: string[] = []

    for (const event of withoutLostCommits(history)) {
      if (event.kind === 'attempt-gone' && event.exitCode === 0)
        finished.add(key(event.taskId, event.attempt, event.nodeId))
      if (event.kind !== 'commit') continue
      for (const { kind, id, value } of event.changes) {
        if (kind !== 'task' || !value) continue
        const before = tasks.get(id)
        const attempt = `${id}/${before?.attempt ?? value.attempt}`
        if (before && value.failures > before.failures) {
          if (value.failures !== before.failures + 1 || counted.has(attempt)) {
            violations.push(`revision ${event.revision} counts the failure of ${attempt} more than once`)
          }
          counted.add(attempt)
        }
        if (value.state === 'succeeded' && before && !isTerminal(before.state)) {
          const place = key(id, value.attempt, value.nodeId ?? before.nodeId ?? '')
          if (!finished.has(place))
            violations.push(`revision ${event.revision}: ${id} succeeded by ${place}, which had not`)
        }
        tasks.set(id, value)
      }
    }
    return [...violations, ...resultsWrittenTwice(history)]
  },
}

function resultsWrittenTwice(history: History): string[] {
  const written = new Set<string>()
  const violations: string[] = []
  for (const event of withoutLostCommits(history)) {
    if (event.kind !== 'commit') continue
    for (const { kind, id, value } of event.changes) {
      if (kind !== 'task-result' || !value) continue
      const attempt = `${id}/${value.attempt}`
      if (written.has(attempt)) violations.push(`revision ${event.revision} writes the result of ${attempt} again`)
      written.add(attempt)
    }
  }
  return violations
}

function key(taskId: string, attempt: number, nodeId: string): string {
  return `attempt ${attempt} of ${taskId} on ${nodeId}`
}
