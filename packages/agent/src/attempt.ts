import type { TaskId } from '@quarterdeck/domain'
import type { Report } from '@quarterdeck/domain/wire'

/** Names a try for ever. */
export type AttemptRef = { readonly taskId: TaskId; readonly attempt: number }

/** `taskId/attempt`: how an attempt is named in maps, and by the control plane in `released`. */
export function attemptKey({ taskId, attempt }: AttemptRef): string {
  return `${taskId}/${attempt}`
}

/** Safe as the name of a file or a cgroup: a task id holds no slash, and the number stands after the last dot. */
export function attemptFolder({ taskId, attempt }: AttemptRef): string {
  return `${taskId}.${attempt}`
}

export type EndedReport = Extract<Report, { kind: 'ended' }>
export type RejectedReport = Extract<Report, { kind: 'rejected' }>
/** After one of these nothing more is said about the attempt. */
export type FinalReport = EndedReport | RejectedReport

export function isFinal(report: Report): report is FinalReport {
  return report.kind === 'ended' || report.kind === 'rejected'
}
