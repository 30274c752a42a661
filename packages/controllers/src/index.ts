export { dueAtMs, reconcileDue } from './due/reconcile-due.ts'
export {
  exclusiveDeadAtMs,
  type FailoverInput,
  type LostNode,
  reconcileFailover,
} from './failover/reconcile-failover.ts'
export { type HeldInput, reconcileHeld } from './failover/reconcile-held.ts'
export { applyReport, type ReportContext } from './task/apply-report.ts'
export { assign } from './task/assign.ts'
export { closeUnknown } from './task/close-unknown.ts'
export type { EndContext } from './task/end-attempt.ts'
export { requestStop } from './task/request-stop.ts'
export { retryDelayMs } from './task/retry-delay.ts'
export { exitInWords, taskEvent } from './task/task-event.ts'
export type { TaskChange } from './task-change.ts'
export { reconcileTimeouts, type Timeout, timeoutOf } from './timeouts/reconcile-timeouts.ts'
