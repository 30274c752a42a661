import {
  clusterError,
  type DispatchPlan,
  type DispatchPreview,
  type ForeseenRoom,
  fail,
  type Outcome,
  ok,
  type PlanId,
  type TaskId,
  type TaskSubmit,
  taskIdSchema,
} from '@quarterdeck/domain'
import { obstacleOn, type Pending, type PlanContext, plan, preempt } from '@quarterdeck/scheduler'
import { actorOf } from '../actor.ts'
import type { Caller } from '../contract.ts'
import type { Core } from '../core.ts'
import { keepPlan, newPlanId, outdated, pastItsTime, readPlan } from '../plans/kept-plans.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import type { TasksDeps } from './create-tasks-service.ts'
import { newTask } from './new-task.ts'
import { runTimesByName } from './run-times.ts'
import { refuseTask, type Submitted, submitTask } from './submit.ts'

/** Where the task would run now, and why. Changes nothing. */
export function previewDispatch(core: Core, view: ClusterView, input: TaskSubmit): Outcome<DispatchPreview> {
  view.takeLoads()
  const { task, spec } = newTask(core, input, 'preview')
  const nowMs = core.platform.clock.unixMs()
  const pending: Pending = { task: { ...task, state: 'queued' }, spec }
  const context = { random: core.platform.random, nowMs }
  const made = plan(view.snapshot, [pending], context)
  const decision = made.placements[0]?.decision ?? made.refusals[0]?.decision
  if (!decision)
    return fail(clusterError('unavailable', 'The view of the cluster is not complete yet.', { retryAfterMs: 500 }))
  const waits = [...core.tasks.inState('queued')].flatMap((id) => core.cache.get('task', id)?.value ?? [])
  const queueWaitMs = waits
    .filter((each) => each.priority >= input.priority)
    .reduce((longest, each) => Math.max(longest, nowMs - each.sinceMs), 0)
  const runningNow = core.tasks.inState('running').size
  const room = decision.nodeId === null && input.preempts === true ? roomFor(core, view, pending, context) : undefined
  return ok({ decision, queueWaitMs, runningNow, ...(room ? { makesRoom: room } : {}) })
}

/** Whom the scheduling loop would stop for it, found by the same `preempt`. */
function roomFor(core: Core, view: ClusterView, pending: Pending, context: PlanContext): ForeseenRoom | undefined {
  const found = preempt(view.snapshot, pending, context, (id) => core.cache.get('task', id)?.value)
  if (!found) return undefined
  const stops = found.victims.flatMap((taskId) => {
    const task = core.cache.get('task', taskId)?.value
    return task ? [{ taskId, name: task.name, priority: task.priority }] : []
  })
  return { nodeId: found.nodeId, stops }
}

/** The same, kept for half an hour with what was asked for, so that a confirm can name it. */
export async function planDispatch(
  core: Core,
  view: ClusterView,
  input: TaskSubmit,
  caller: Caller,
): Promise<Outcome<DispatchPlan>> {
  const refusal = refuseTask(core, input)
  if (refusal) return fail(refusal)
  const found = previewDispatch(core, view, input)
  if (!found.ok) return found
  const kept: DispatchPlan = {
    v: 1,
    id: newPlanId(core),
    by: actorOf(caller),
    computedAtMs: core.platform.clock.unixMs(),
    task: input,
    ...found.value,
    ...estimateOf(core, input.name),
  }
  const done = await keepPlan(core, 'dispatch-plan', kept)
  return done.ok ? ok(kept) : done
}

function estimateOf(core: Core, name: string): Pick<DispatchPlan, 'estimateMs'> {
  const times = (runTimesByName(core).get(name) ?? []).sort((left, right) => left - right)
  const low = times[Math.floor((times.length - 1) / 2)]
  return low === undefined ? {} : { estimateMs: { low, high: times.at(-1) ?? low } }
}

/**
 * Hands the task of a plan in, to the node that the plan names, when that node still takes it; else `plan_outdated` and what differs. A
 * second confirm of the same plan finds the task of the first.
 */
export async function confirmDispatch(
  core: Core,
  deps: TasksDeps,
  planId: PlanId,
  caller: Caller,
): Promise<Outcome<Submitted>> {
  const found = await readPlan(core, 'dispatch-plan', planId)
  if (!found.ok) return found
  const { task, decision, computedAtMs, estimateMs } = found.value
  // Derived, so that the task of a plan cannot be made twice, whoever confirms it.
  const id = taskIdSchema.parse(`run-of-${planId}`)
  const made = await madeBefore(core, id)
  if (made) return ok(made)
  const tooLate = pastItsTime(core, found.value)
  if (tooLate) return tooLate
  const difference = differenceOf(core, deps.view, found.value)
  if (difference) return outdated(`The cluster is not as plan ${planId} saw it. ${difference}`)
  const { nodeId, because } = decision
  const foreseen = { planId, computedAtMs, nodeId, because, ...(estimateMs ? { estimateMs } : {}) }
  const submitted = await submitTask(core, deps, task, caller, { id, foreseen })
  if (submitted.ok) return submitted
  // Somebody else may have confirmed it at the same moment.
  const meanwhile = await madeBefore(core, id)
  return meanwhile ? ok(meanwhile) : submitted
}

/** By the store and not by the cache: another controller may have made it a moment ago. */
async function madeBefore(core: Core, id: TaskId): Promise<Submitted | null> {
  const stored = await core.store.get('task', id).catch(() => null)
  return stored ? { taskId: id, existing: true, revision: stored.revision } : null
}

function roomDifference(before: ForeseenRoom | undefined, now: ForeseenRoom | undefined): string | null {
  const inWords = (room: ForeseenRoom | undefined) =>
    room ? `${room.stops.map(({ name }) => name).join(', ')} on ${room.nodeId}` : 'nothing'
  const idsOf = (room: ForeseenRoom | undefined) => room?.stops.map(({ taskId }) => taskId).join()
  return idsOf(before) === idsOf(now)
    ? null
    : `It was to stop ${inWords(before)} to make room; now it would stop ${inWords(now)}.`
}

/** One sentence about what keeps the plan from coming true; null when nothing does. */
function differenceOf(
  core: Core,
  view: ClusterView,
  { task: input, decision, makesRoom }: DispatchPlan,
): string | null {
  const { nodeId } = decision
  const now = previewDispatch(core, view, input)
  if (!now.ok) return now.error.message
  const goesTo = now.value.decision.nodeId
  if (nodeId === null && goesTo !== null) return `It need not wait any more: it would run on ${goesTo}.`
  if (nodeId === null) return roomDifference(makesRoom, now.value.makesRoom)
  const { random } = core.platform
  const context = { random, nowMs: core.platform.clock.unixMs() }
  const obstacle = obstacleOn(view.snapshot, newTask(core, input, 'preview'), nodeId, context)
  if (obstacle === null) return null
  const instead = goesTo === null ? `it would wait: ${now.value.decision.because}` : `it would run on ${goesTo}`
  return `Not on ${nodeId} any more: ${obstacle}. Now ${instead}.`
}
