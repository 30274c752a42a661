import { compareText, type TaskRow, type TaskState } from '@quarterdeck/domain'

/** What needs a person first, then what is going on, then what is over. */
const urgency: Record<TaskState, number> = {
  unknown: 0,
  running: 1,
  stopping: 2,
  assigned: 3,
  queued: 4,
  delayed: 5,
  dead: 6,
  failed: 7,
  'timed-out': 8,
  'lost-unknown': 9,
  cancelled: 10,
  succeeded: 11,
}

type Compare = (a: TaskRow, b: TaskRow) => number

const runMs = (task: TaskRow) =>
  task.startedAtMs === null ? -1 : (task.endedAtMs ?? Number.MAX_SAFE_INTEGER) - task.startedAtMs
const newestFirst: Compare = (a, b) => b.createdAtMs - a.createdAtMs || compareText(a.id, b.id)

const orders: Readonly<Record<string, Compare>> = {
  created: newestFirst,
  state: (a, b) => urgency[a.state] - urgency[b.state],
  name: (a, b) => compareText(a.name, b.name),
  node: (a, b) => compareText(a.nodeId ?? '~', b.nodeId ?? '~'),
  duration: (a, b) => runMs(b) - runMs(a),
}

export function compareTasks(sort: string): Compare {
  const isReverse = sort.startsWith('-')
  const order = orders[isReverse ? sort.slice(1) : sort] ?? newestFirst
  return (a, b) => (isReverse ? -order(a, b) : order(a, b)) || newestFirst(a, b)
}
