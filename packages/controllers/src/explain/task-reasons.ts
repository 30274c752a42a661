import {
  formatDuration,
  isTerminal,
  type Node,
  type NodeId,
  type Operation,
  type Task,
  type TaskSpec,
  type UnixMs,
} from '@quarterdeck/domain'
import { drainDeadlineMs } from '../drain/drain-deadline.ts'
import { stopMoment } from '../drain/stop-moment.ts'
import { attemptsMaxOf } from '../faults/fault-rule.ts'
import { exitInWords } from '../task/task-event.ts'
import { timeoutOf } from '../timeouts/reconcile-timeouts.ts'

type World = {
  readonly nodeOf: (id: NodeId) => Node | undefined
  readonly operations: Iterable<Operation>
  readonly nowMs: UnixMs
}

/** What holds for a task beside its placement: why it is tried again, stopped, waited for, or ended. One sentence each, in that order. */
export function taskReasons(task: Task, spec: TaskSpec, world: World): string[] {
  const { nowMs } = world
  return [
    lastFailure(task, spec),
    task.noRetry ? `It was not tried again: ${task.noRetry}.` : null,
    faultReason(task, spec),
    fallbackReason(task, spec),
    ...waitingReasons(task, nowMs),
    stopReason(task, nowMs),
    ...nodeReasons(task, spec, world),
    operationReason(task, world),
    timeoutReason(task, spec, nowMs),
  ].filter((reason) => reason !== null)
}

function lastFailure(task: Task, spec: TaskSpec): string | null {
  const last = task.attempts.find(({ endedAtMs }) => endedAtMs !== null)
  if (!last || last.outcome === 'succeeded') return null
  const how = last.exit ? `: ${exitInWords(last.exit)}` : ''
  const tries = `Attempt ${last.attempt} on ${last.nodeId} ended as ${last.outcome}${how}.`
  if (isTerminal(task.state) || last.attempt === task.attempt + 1) return tries
  return last.outcome === 'failed'
    ? `${tries} ${task.failures} of at most ${attemptsMaxOf(task, spec)} failed attempts are used.`
    : `${tries} That is no failure of the task and uses up no retry.`
}

/** What its strategy for failures has made of them. */
function faultReason(task: Task, spec: TaskSpec): string | null {
  if (task.despite === 'ignored')
    return 'Every attempt failed; it counts as succeeded because its strategy is failsafe.'
  if (task.despite === 'fallback') return 'Every attempt failed; its fallback value stands for its result.'
  if (task.background && !isTerminal(task.state))
    return `Its caller has been told that it failed; it is tried again in the background, ${attemptsMaxOf(task, spec)} attempts in all (failback).`
  return null
}

function fallbackReason(task: Task, { fallbackOf }: TaskSpec): string | null {
  if (task.fallback) return `Its fallback ${task.fallback} runs in its place.`
  if (task.noFallback) return `Its fallback did not run: ${task.noFallback}`
  return fallbackOf ? `It is the fallback of ${fallbackOf}, whose attempts all failed.` : null
}

function waitingReasons(task: Task, nowMs: UnixMs): string[] {
  const reasons: string[] = []
  if (task.state === 'delayed' && task.notBeforeMs !== null) {
    const why = task.failures > 0 ? 'Backs off after the failure' : 'Was asked to begin later'
    reasons.push(`${why}: it may begin in ${formatDuration(Math.max(0, task.notBeforeMs - nowMs))}.`)
  }
  if (isTerminal(task.state)) return reasons
  for (const { nodeId, untilMs, how } of task.avoid) {
    if (untilMs <= nowMs) continue
    const strength = how === 'never' ? 'Will not run' : 'Would rather not run'
    reasons.push(`${strength} on ${nodeId} for another ${formatDuration(untilMs - nowMs)}: an earlier attempt there.`)
  }
  if (task.planned && task.state === 'queued')
    reasons.push(
      `${task.planned.operationId ? `Operation ${task.planned.operationId}` : `Plan ${task.planned.planId ?? ''}`} wants it on ${task.planned.nodeId}.`,
    )
  return reasons
}

const stopWords = {
  cancelled: 'cancelled',
  'timed-out': 'timed out',
  queued: 'queued for another node',
  failed: 'started again by its service',
} as const

function stopReason({ stop, state }: Task, nowMs: UnixMs): string | null {
  if (!stop || isTerminal(state)) return null
  const since = formatDuration(nowMs - stop.requestedAtMs)
  return `Being stopped for ${since} (${stop.why}, asked for by ${stop.by}); it has ${formatDuration(stop.graceMs)} to end by itself, then becomes ${stopWords[stop.becomes]}.`
}

function nodeReasons(task: Task, spec: TaskSpec, { nodeOf, nowMs }: World): string[] {
  const node = task.nodeId === null || isTerminal(task.state) ? undefined : nodeOf(task.nodeId)
  if (!node) return []
  const reasons: string[] = []
  if (node.health !== 'ready') {
    const evidence = node.evidence[0]
    reasons.push(`Its node ${node.id} is ${node.health}${evidence ? `: ${evidence.because}` : ''}.`)
  }
  if (node.scheduling === 'draining' && node.drain && !task.stop) {
    const deadlineMs = drainDeadlineMs(node.drain)
    const left = deadlineMs === null ? '' : ` for another ${formatDuration(Math.max(0, deadlineMs - nowMs))}`
    const moments = {
      left: 'the drain leaves it: it belongs to the node',
      'at-once': 'it waits for its turn to move',
      'at-deadline': `it may finish there${left}, then it is stopped`,
      kept: `it may finish there${left}, and keeps running after that`,
      whenever: 'it may finish there, however long it takes',
    } as const
    reasons.push(
      `${node.id} is being drained (${node.drain.operationId}); ${moments[stopMoment(task, spec, node.drain)]}.`,
    )
  }
  return reasons
}

/** What a running operation says that it waits for, where that is this task. */
function operationReason({ id }: Task, { operations }: World): string | null {
  for (const operation of operations) {
    if (operation.state !== 'running') continue
    const sentence = operation.progress.flatMap(({ blockedBy }) => blockedBy).find((text) => text.includes(`(${id})`))
    if (sentence) return `The ${operation.kind} ${operation.id} waits: ${sentence}.`
  }
  return null
}

function timeoutReason(task: Task, spec: TaskSpec, nowMs: UnixMs): string | null {
  if (task.state === 'timed-out') {
    const which = task.stop?.timeout ?? task.exit?.timedOut ?? 'queue'
    return `It ended because its ${which} timeout passed.`
  }
  const timeout = timeoutOf(task, spec)
  if (!timeout) return null
  return `Unless it ends before, its ${timeout.which} timeout ends it within ${formatDuration(Math.max(0, timeout.atMs - nowMs))}.`
}
