import {
  estimateInWords,
  formatBytes,
  formatCpu,
  formatDuration,
  type TaskDetail,
  type TaskRow,
} from '@quarterdeck/domain'
import type { Ended } from '@quarterdeck/sdk'
import { moment } from './moments.ts'
import { facts, table } from './table.ts'

/** One sentence for the end of a task, then what it left when that is a value. */
export function describeEnd({ row, result }: Ended): string {
  const took =
    row.startedAtMs !== null && row.endedAtMs !== null
      ? ` after ${formatDuration(row.endedAtMs - row.startedAtMs)}`
      : ''
  const value = result?.value === undefined ? '' : `\n${JSON.stringify(result.value, null, 2)}`
  return `Task ${row.id} ${row.state}${row.nodeId ? ` on ${row.nodeId}` : ''}${took}${how(row)}${value}`
}

function how({ exit }: Pick<TaskRow, 'exit'>): string {
  if (!exit) return ''
  const said = [
    exit.code === null ? null : `exit code ${exit.code}`,
    exit.signal,
    exit.outOfMemory ? 'out of memory' : null,
    exit.timedOut ? `${exit.timedOut} timeout` : null,
    exit.error,
  ].filter((text) => text !== null)
  return said.length > 0 ? ` (${said.join(', ')})` : ''
}

const DESPITE = {
  nothing: '',
  ignored: ', although it failed: failsafe',
  fallback: ', although it failed: with its fallback value',
} as const

/** Everything about one task, its attempts and why it is where it is. */
export function describeTask({ task, spec, decisions, result }: TaskDetail): string {
  const about = facts([
    ['task', task.id],
    ['name', task.name],
    ['state', `${task.state}${how(task)}${DESPITE[task.despite ?? 'nothing']}`],
    ['node', task.nodeId],
    ['planned', spec.foreseen ? `${spec.foreseen.nodeId ?? 'to wait'}: ${spec.foreseen.because}` : null],
    ['planned to run', spec.foreseen?.estimateMs ? estimateInWords(spec.foreseen.estimateMs) : null],
    ['command', commandOf(spec)],
    ['policy', `${task.policy}, ${spec.retry.attemptsMax} attempts at most, priority ${task.priority}`],
    ['on failure', `${spec.faults?.strategy ?? 'failover'}${spec.faults?.breaker === false ? ', no breaker' : ''}`],
    ['reserves', `${formatCpu(task.resources.cpuMillis)} CPU, ${formatBytes(task.resources.memoryBytes)}`],
    ['ports', task.ports?.map(({ name, port }) => `${name} ${port}`).join(', ') ?? null],
    ['submitted', `${moment(task.createdAtMs)} by ${task.submittedBy}`],
    ['started', task.startedAtMs === null ? null : moment(task.startedAtMs)],
    ['ended', task.endedAtMs === null ? null : moment(task.endedAtMs)],
    ['used', usage(task)],
    ['output', result ? formatBytes(result.logBytesTotal) : null],
  ])
  const attempts = table(
    task.attempts,
    [
      { title: 'attempt', of: (each) => each.attempt, align: 'right' },
      { title: 'node', of: (each) => each.nodeId },
      { title: 'outcome', of: (each) => each.outcome },
      { title: 'how', of: (each) => how(each).trim() },
      { title: 'started', of: (each) => (each.startedAtMs === null ? null : moment(each.startedAtMs)) },
    ],
    'No attempt yet.',
  )
  const why = decisions[0]
  return [about, '', attempts, ...(why ? ['', `Why: ${why.because}`] : [])].join('\n')
}

function commandOf({ exec, handler }: TaskDetail['spec']): string | null {
  if (handler) return `handler ${handler.name} ${JSON.stringify(handler.input)}`
  return exec ? [exec.command, ...exec.args].join(' ') : null
}

function usage({ usage: used }: Pick<TaskRow, 'usage'>): string | null {
  if (!used) return null
  const cpu = used.cpuMs === null ? 'CPU not measured' : `${formatDuration(used.cpuMs)} of CPU`
  return `${cpu}, ${used.memoryBytesMax === null ? 'memory not measured' : `${formatBytes(used.memoryBytesMax)} at most`}`
}
