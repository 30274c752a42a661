export { actPlanDifference } from './act/act-plan-difference.ts'
export { type ActQuestion, type PlannedEffect, planAct } from './act/plan-act.ts'
export { type NodeRoom, roomOf } from './act/room.ts'
export { type ActOperation, type ActWorld, isActOperation, trackAct } from './act/track-act.ts'
export { type Measure, metricInWords } from './autoscale/read-metric.ts'
export {
  type AutoscaleInput,
  type AutoscaleStep,
  newAutoscaler,
  reconcileAutoscale,
} from './autoscale/reconcile-autoscale.ts'
export { cancelBroadcast, newBroadcast } from './broadcast/change-broadcast.ts'
export {
  type BroadcastStep,
  reconcileBroadcast,
} from './broadcast/reconcile-broadcast.ts'
export { drainDeadlineMs, nextDrainDeadlineMs } from './drain/drain-deadline.ts'
export { movesDifference } from './drain/moves-difference.ts'
export { type DrainRequest, planDrain } from './drain/plan-drain.ts'
export {
  type DrainInput,
  type DrainStep,
  reconcileDrains,
} from './drain/reconcile-drains.ts'
export type { ServiceStanding } from './drain/service-dips.ts'
export { isReplacedByService, type StopMoment, stopMoment } from './drain/stop-moment.ts'
export { whatHappened } from './drain/track-operation.ts'
export { dueAtMs, reconcileDue } from './due/reconcile-due.ts'
export { taskReasons } from './explain/task-reasons.ts'
export {
  exclusiveDeadAtMs,
  type FailoverInput,
  type LostNode,
  reconcileFailover,
} from './failover/reconcile-failover.ts'
export { type HeldInput, reconcileHeld } from './failover/reconcile-held.ts'
export { AttemptTally, TALLY_WINDOW_MS } from './faults/attempt-tally.ts'
export { attemptsMaxOf, faultsOf } from './faults/fault-rule.ts'
export { JobResults } from './faults/job-results.ts'
export { retryHoldMs } from './faults/retry-budget.ts'
export { RunTimes } from './faults/run-times.ts'
export { ageBreaker, probeBreaker, trip, tripReason } from './faults/step-breaker.ts'
export { suggestCordons } from './faults/suggest-cordons.ts'
export { judgeLoss, judgeSurvivability, type Losses } from './loss/judge-loss.ts'
export { type LossRequest, planLoss } from './loss/plan-loss.ts'
export { type PoolInput, type PoolNode, reconcilePool, usableNodes } from './pool/reconcile-pool.ts'
export { makeRoom, withoutLateRoom } from './preempt/make-room.ts'
export { adviseRebalance } from './rebalance/advise-rebalance.ts'
export { decideAutomatic } from './rebalance/decide-automatic.ts'
export { type RebalanceInput, reconcileRebalance } from './rebalance/reconcile-rebalance.ts'
export type { Deletion } from './retention/deletion.ts'
export { reapAccess } from './retention/reap-access.ts'
export { reapBroadcasts } from './retention/reap-broadcasts.ts'
export { reapIdempotency } from './retention/reap-idempotency.ts'
export { reapNodes } from './retention/reap-nodes.ts'
export { reapKeptPlans, reapOperations } from './retention/reap-operations.ts'
export { reapStrategyStates } from './retention/reap-strategy-states.ts'
export { reapTasks, type TaskRetention } from './retention/reap-tasks.ts'
export { reapWorkflows } from './retention/reap-workflows.ts'
export { applySchedule, pauseSchedule, recordManualRun, resumeSchedule } from './schedule/change-schedule.ts'
export { type CronAfter, nextRuns } from './schedule/due-times.ts'
export {
  reconcileSchedule,
  type ScheduleAround,
  type ScheduleStep,
  scheduleEvent,
} from './schedule/reconcile-schedule.ts'
export {
  reconcileService,
  type ServiceAction,
  type ServiceInput,
  type StopReason,
} from './service/reconcile-service.ts'
export { isHealthy, isLeavingForGood, isUnhealthy } from './service/replica-state.ts'
export { type RollingStep, rollingUpdate } from './service/rolling-update.ts'
export { serviceCondition } from './service/service-condition.ts'
export { replicaSlots, type SystemSlots, systemSlots } from './service/system-slots.ts'
export { planServiceAct, type ServiceActRequest } from './service-plan/plan-service-act.ts'
export { servicePlanDifference } from './service-plan/service-plan-difference.ts'
export { type SlotsToChange, slotsToChange } from './service-plan/slots-to-change.ts'
export { plannedNodeOf, type ServiceActOperation, trackServiceAct } from './service-plan/track-service-act.ts'
export { planEvictions } from './taints/plan-evictions.ts'
export { type Eviction, evictionsOf, reconcileEvictions } from './taints/reconcile-evictions.ts'
export { applyReport, type ReportContext } from './task/apply-report.ts'
export { assign } from './task/assign.ts'
export { closeUnknown } from './task/close-unknown.ts'
export type { EndContext } from './task/end-attempt.ts'
export { requestStop } from './task/request-stop.ts'
export { retryDelayMs } from './task/retry-delay.ts'
export { exitInWords, taskEvent } from './task/task-event.ts'
export type { TaskChange } from './task-change.ts'
export { reconcileTimeouts, type Timeout, timeoutOf } from './timeouts/reconcile-timeouts.ts'
export { cancelRun, isKept, newRun, retryRun } from './workflow/change-run.ts'
export { type RunAround, type RunChange, reconcileRun, resultsWanted, runEvent } from './workflow/reconcile-run.ts'
export { whyStep } from './workflow/why-step.ts'
