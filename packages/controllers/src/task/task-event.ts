import { type ClusterEvent, type Exit, limits, type Task } from '@quarterdeck/domain'

/** An event about one task. The text names it by name and id. */
export function taskEvent(
  task: Pick<Task, 'id' | 'name'>,
  type: `task.${string}`,
  severity: ClusterEvent['severity'],
  what: string,
): ClusterEvent {
  const text = `Task ${task.name} (${task.id}) ${what}`.slice(0, limits.reasonLengthMax)
  return { type, subject: { kind: 'task', id: task.id }, severity, text }
}

/** "exit code 3", "killed by SIGKILL (out of memory)", or the agent's own sentence. */
export function exitInWords(exit: Exit): string {
  if (exit.outOfMemory) return 'it went over its memory limit'
  if (exit.timedOut) return `its ${exit.timedOut} timeout passed`
  if (exit.error !== null) return exit.error
  if (exit.signal !== null) return `killed by ${exit.signal}`
  return exit.code === null ? 'no exit code was seen' : `exit code ${exit.code}`
}
