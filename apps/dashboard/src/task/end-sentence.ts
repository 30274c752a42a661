import { type AttemptRecord, type Exit, isTerminal, isWaiting, type Task } from '@quarterdeck/domain'

/** How an attempt ended, in words: "exit 137 (killed: out of memory)". */
export function exitSentence(exit: Exit): string {
  const code = exit.signal ? `signal ${exit.signal}` : exit.code === null ? 'no exit code' : `exit ${exit.code}`
  const because = exit.outOfMemory ? 'killed: out of memory' : exit.timedOut ? `${exit.timedOut} timeout` : exit.error
  return because ? `${code} (${because})` : code
}

/** Said where the output would be, when there is none: four causes give four texts. */
export function noLogSentence(task: Pick<Task, 'state' | 'attempt' | 'nodeId'>, aheadInQueue: number): string {
  if (isWaiting(task.state)) {
    const behind =
      task.state === 'delayed'
        ? 'It waits for its time.'
        : aheadInQueue === 0
          ? 'It is next in the queue.'
          : `Queued behind ${aheadInQueue} tasks.`
    return `This task has not started, so there is no log. ${behind}`
  }
  if (task.attempt === 0) return 'This task never ran, so there is no log.'
  if (isTerminal(task.state)) return 'The task ended without writing anything, or its log is no longer kept.'
  return `Waiting for the first line from ${task.nodeId ?? 'the node'}.`
}

/** The closing line of a log. Null while the attempt runs. */
export function endSentence(attempt: AttemptRecord | undefined, at: string): string | null {
  if (!attempt?.endedAtMs) return null
  const how = attempt.exit ? ` with ${exitSentence(attempt.exit)}` : ''
  return `Attempt ${attempt.attempt} ${attempt.outcome === 'lost' ? `was lost with ${attempt.nodeId}` : `ended (${attempt.outcome})${how}`}${at ? ` at ${at}` : ''}.`
}
