import { faultsOf, JobResults, RunTimes, retryHoldMs } from '@quarterdeck/controllers'
import { limits, type NodeId, type Task, type TaskSpec, type UnixMs } from '@quarterdeck/domain'
import { obeysBreakers } from '@quarterdeck/scheduler'
import type { ObjectChange } from '@quarterdeck/store'
import type { Core } from '../core.ts'

/** The end of an attempt of a job that breakers concern. */
export type Ended = {
  readonly job: string
  readonly nodeId: NodeId
  readonly ok: boolean
  readonly atMs: UnixMs
  readonly isFailsilent: boolean
}

/** How jobs fare on nodes, heard from every change of a task, on every controller alike. */
export type ResultWatch = {
  readonly results: JobResults
  onEnded(listener: (ended: Ended) => void): void
  /** What a failed attempt of this task must know of its job and of the cluster. */
  contextOf(
    task: Task,
    spec: TaskSpec,
  ): { readonly retryHoldMs: number; readonly failbackIsFull: boolean; readonly usualRunMs?: number }
}

const judged = new Set(['succeeded', 'failed', 'timed-out'])

export function watchResults(core: Core): ResultWatch {
  const results = new JobResults()
  const runTimes = new RunTimes()
  const listeners = new Set<(ended: Ended) => void>()

  function takeChange({ before, after }: Extract<ObjectChange, { kind: 'task' }>): void {
    if (!after || before?.value.attempts === after.value.attempts) return
    const task = after.value
    if (task.state === 'succeeded' && before?.value.state !== 'succeeded') takeRunTime(task)
    const spec = core.cache.get('task-spec', task.id)?.value
    if (!spec) return
    const known = new Map((before?.value.attempts ?? []).map((record) => [record.attempt, record.outcome]))
    const nowMs = core.platform.clock.unixMs()
    for (const { attempt, nodeId, outcome } of task.attempts) {
      if (!known.has(attempt)) results.noteAttempt(task.name, task.failures > 0, nowMs)
      if (!judged.has(outcome) || known.get(attempt) === outcome) continue
      if (!obeysBreakers({ task, spec })) continue
      const isFailsilent = faultsOf(spec).strategy === 'failsilent'
      const ended: Ended = { job: task.name, nodeId, ok: outcome === 'succeeded', atMs: nowMs, isFailsilent }
      results.note(ended)
      for (const listener of listeners) listener(ended)
    }
  }

  /** What is kept of tasks that ended: a controller that has just started knows as much as one that heard it all. */
  function takeHistory(): void {
    runTimes.clear()
    const ended = [...core.tasks.inState('succeeded')].flatMap((id) => core.cache.get('task', id)?.value ?? [])
    for (const task of ended.sort((a, b) => (a.endedAtMs ?? 0) - (b.endedAtMs ?? 0))) takeRunTime(task)
  }

  function takeRunTime({ name, startedAtMs, endedAtMs, despite }: Task): void {
    if (startedAtMs !== null && endedAtMs !== null && !despite) runTimes.note(name, endedAtMs - startedAtMs)
  }

  core.cache.subscribe((change) => {
    if (change.kind === 'reset') {
      takeHistory()
      return
    }
    for (const one of change.changes) if (one.kind === 'task') takeChange(one)
  })

  return {
    results,
    onEnded: (listener) => void listeners.add(listener),
    contextOf(task, spec) {
      const { strategy, deadlineMs } = faultsOf(spec)
      const isFailback = strategy === 'failback'
      const usualRunMs = deadlineMs === undefined ? undefined : runTimes.usualMs(task.name)
      return {
        retryHoldMs: retryHoldMs(results.attempts(task.name, core.platform.clock.unixMs())),
        failbackIsFull: isFailback && failbackWaiting(core) >= limits.failbackWaitingMax,
        ...(usualRunMs === undefined ? {} : { usualRunMs }),
      }
    },
  }
}

function failbackWaiting(core: Core): number {
  let count = 0
  for (const id of core.tasks.inState('delayed')) {
    const spec = core.cache.get('task-spec', id)?.value
    if (spec && faultsOf(spec).strategy === 'failback') count++
  }
  return count
}
