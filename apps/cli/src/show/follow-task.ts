import { isTerminal, type TaskId, type TaskRow } from '@quarterdeck/domain'
import type { LogLine } from '@quarterdeck/domain/wire'
import type { Client, Ended } from '@quarterdeck/sdk'
import type { Io } from '../io.ts'
import { describeEnd } from './describe-task.ts'
import type { Printer } from './printer.ts'
import { safeText } from './safe-text.ts'

/** Programs that were ended by a signal exit with 128 and its number: as a shell has it. */
const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
}

/** The exit code that says the same as the task's end: its own when it has one. */
export function exitCodeOfTask({ state, exit }: Pick<TaskRow, 'state' | 'exit'>): number {
  if (state === 'succeeded') return 0
  if (exit?.signal) return 128 + (signalNumbers[exit.signal] ?? 0)
  return exit?.code ? Math.min(255, Math.abs(exit.code)) : 1
}

/**
 * Shows a task's output as it comes, attempt by attempt, until the task has ended; its exit code is the result. Ctrl-C ends the showing,
 * not the task.
 */
export async function followTask(cluster: Client, id: TaskId, print: Printer, io: Io): Promise<number> {
  const interrupted = io.interrupted()
  let shownAttempt = 0
  for await (const row of cluster.tasks.watch({ id }, { signal: interrupted })) {
    if (row.attempt > shownAttempt && row.state !== 'assigned') {
      shownAttempt = row.attempt
      if (row.attempt > 1) print.note(`Attempt ${row.attempt} on ${row.nodeId}`)
      await showLog(cluster, { id, attempt: row.attempt }, print, io)
    }
    if (isTerminal(row.state)) break
  }
  if (interrupted.aborted) {
    print.note(`The task goes on. Look again: qd task logs ${id} --follow`)
    return 130
  }
  const ended: Ended = await cluster.tasks.wait(id, { waitMs: 5_000 })
  if (print.json) print.item(ended, () => '')
  else print.note(describeEnd(ended))
  return exitCodeOfTask(ended.row)
}

/** Streams one attempt's output: its stdout to ours, its stderr and our own remarks to stderr. */
export async function showLog(
  cluster: Client,
  input: { readonly id: TaskId; readonly attempt?: number; readonly fromOffset?: number },
  print: Printer,
  io: Io,
): Promise<void> {
  for await (const line of cluster.tasks.logs(input, { signal: io.interrupted() })) showLine(line, print, io)
}

export function showLine(line: LogLine, print: Printer, io: Io): void {
  if (print.json) {
    print.item(line, () => '')
    return
  }
  // Piped output stays as the task wrote it; a terminal must not be steered by it.
  const text = io.isInteractive ? safeText(line.text) : line.text
  if (line.stream === 'stdout') io.out(`${text}\n`)
  else io.err(line.stream === 'marker' ? `[${text}]\n` : `${text}\n`)
}
