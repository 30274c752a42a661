import { type RunChange, reconcileRun, requestStop, resultsWanted, runEvent } from '@quarterdeck/controllers'
import {
  isLiveWorkflowRun,
  limits,
  type Stored,
  type TaskId,
  type TaskResult,
  type WorkflowRun,
  type WorkflowVersion,
  workflowVersionId,
} from '@quarterdeck/domain'
import type { Change, ObjectChange } from '@quarterdeck/store'
import { put, replace } from '../change.ts'
import { storeError } from '../commit-draft.ts'
import type { Core } from '../core.ts'
import { newTask } from '../tasks/new-task.ts'
import { readResult } from '../tasks/task-detail.ts'
import { repeating } from '../work-loops/repeating.ts'
import { storeStep } from '../work-loops/store-step.ts'

const LOOK_MS = 1_000

/**
 * Carries runs of workflows on while this controller leads. The tasks of steps and the run that names them are written in one fenced
 * commit at the run's revision: of all leaders that try, one gets it in.
 */
export function createWorkflowLoop(core: Core): { start(): void; stop(): void } {
  const { clock } = core.platform
  const inFlight = new Set<string>()
  const taskOf = (id: TaskId) => core.cache.get('task', id)?.value
  const looking = repeating(core.platform, LOOK_MS, look)

  function look(): void {
    if (!core.leadership.fence() || !core.cache.complete) return
    for (const stored of core.cache.all('workflow-run').values()) {
      if (!isLiveWorkflowRun(stored.value) || inFlight.has(stored.id)) continue
      const { workflowId, version } = stored.value
      const spec = core.cache.get('workflow-version', workflowVersionId(workflowId, version))?.value
      const wanted = spec ? resultsWanted(stored.value, spec, taskOf) : []
      if (wanted.length > 0) void carryOut(stored, async () => changeOf(stored.value, spec, await read(wanted)))
      else {
        const change = changeOf(stored.value, spec, new Map())
        if (change) void carryOut(stored, () => Promise.resolve(change))
      }
    }
  }

  function changeOf(
    run: WorkflowRun,
    spec: WorkflowVersion | undefined,
    results: ReadonlyMap<TaskId, TaskResult | null>,
  ): RunChange | null {
    const nowMs = clock.unixMs()
    if (!spec) return withoutDefinition(run, nowMs)
    const isQueueFull = core.tasks.inState('queued').size + core.tasks.inState('delayed').size >= limits.queuedTasksMax
    return reconcileRun(run, spec, { taskOf, resultOf: (id) => results.get(id), isQueueFull, nowMs })
  }

  async function read(ids: readonly TaskId[]): Promise<ReadonlyMap<TaskId, TaskResult | null>> {
    return new Map(await Promise.all(ids.map(async (id) => [id, await readResult(core, id)] as const)))
  }

  /** Never rejects: what failed is decided again from the state as it is then. */
  async function carryOut(stored: Stored<'workflow-run'>, decide: () => Promise<RunChange | null>): Promise<void> {
    inFlight.add(stored.id)
    try {
      const change = await decide()
      if (!change) return
      const changes = [replace(stored, change.run), ...newTasks(core, change), ...stopped(core, change)]
      await storeStep(core, { changes, events: change.events, what: 'a step of a workflow', id: stored.id })
    } catch (error) {
      core.platform.log.warn('a run of a workflow was not decided', {
        runId: stored.id,
        because: storeError(error).message,
      })
    } finally {
      inFlight.delete(stored.id)
      looking.wake()
    }
  }

  return {
    start() {
      core.cache.subscribe((change) => {
        if (change.kind === 'reset' || change.changes.some(concerns)) looking.wake()
      })
      core.leadership.subscribe(looking.wake)
      looking.start()
    },
    stop: looking.stop,
  }
}

const MADE_BY = 'workflow:'

function newTasks(core: Core, { run, create }: RunChange): Change[] {
  return create.flatMap(({ taskId, task: input }) => {
    const { spec, task } = newTask(core, input, `${MADE_BY}${run.id}`, { id: taskId })
    return [put('task-spec', spec, 0), put('task', task, 0)]
  })
}

function stopped(core: Core, { run, stop }: RunChange): Change[] {
  return stop.flatMap((id) => {
    const stored = core.cache.get('task', id)
    if (!stored) return []
    const request = {
      why: 'cancel',
      becomes: 'cancelled',
      by: run.cancel?.by ?? `${MADE_BY}${run.id}`,
      graceMs: core.cache.get('task-spec', id)?.value.killGraceMs ?? 0,
      timeout: null,
    } as const
    const { task } = requestStop(stored.value, request, core.platform.clock.unixMs())
    return task === stored.value ? [] : [replace(stored, task)]
  })
}

/** A run changed, or a task that one started. */
function concerns(one: ObjectChange): boolean {
  return one.kind === 'workflow-run' || (one.kind === 'task' && !!one.after?.value.submittedBy.startsWith(MADE_BY))
}

/** What it was to do is gone (its workflow was removed in the moment in which it was started), so it can only end. */
function withoutDefinition(run: WorkflowRun, nowMs: WorkflowRun['createdAtMs']): RunChange {
  const because = `Version ${run.version} of ${run.workflowId} is gone.`
  return {
    run: { ...run, state: 'failed', ending: { becomes: 'failed', undoes: false, because }, endedAtMs: nowMs },
    create: [],
    stop: [],
    events: [runEvent(run, 'failed', 'error', `failed: ${because}`)],
  }
}
