import { nextDrainDeadlineMs, reconcileDrains, stopMoment } from '@quarterdeck/controllers'
import { limits, type Node, type NodeDrain, type Operation, type Task, type TaskId } from '@quarterdeck/domain'
import type { Timer } from '@quarterdeck/platform'
import type { CacheChange, Change } from '@quarterdeck/store'
import { replace } from '../change.ts'
import type { Core } from '../core.ts'
import { newPlanId } from '../plans/kept-plans.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { replacementOf } from '../services/replacement-of.ts'
import { repeating } from '../work-loops/repeating.ts'
import { storeStep } from '../work-loops/store-step.ts'
import type { TaskChanges } from '../work-loops/task-changes.ts'
import { computeDrainPlan } from './compute-plan.ts'

const LOOK_MS = 1_000
/** A deadline that passed a moment ago is looked at at once, not at the next second. */
const DEADLINE_SLACK_MS = 5

/**
 * Carries drains on while this controller leads. Takes no input: reads the nodes, operations and tasks as they are, so a new leader
 * goes on where the old one stopped. A node is `drained` only when no task holds it, and a task holds its node until the agent said
 * that its processes are gone.
 */
export function createDrainLoop(
  core: Core,
  deps: { readonly view: ClusterView; readonly changes: TaskChanges },
): { start(): void; stop(): void } {
  const { timers, clock } = core.platform
  const looking = repeating(core.platform, LOOK_MS, look)
  let deadlineTimer: Timer | null = null
  let isStoring = false

  function look(): void {
    if (isStoring || !core.leadership.fence() || !core.cache.complete) return
    const draining = [...core.cache.all('node').values()].filter(({ value }) => value.scheduling === 'draining')
    const running = [...core.cache.all('operation').values()].filter(({ value }) => isRunningDrain(value))
    if (draining.length === 0 && running.length === 0) return

    const named = new Set([...draining.map(({ value }) => value.id), ...running.flatMap(({ value }) => value.nodeIds)])
    const step = reconcileDrains({
      nodes: [...named].flatMap((id) => core.cache.get('node', id)?.value ?? []),
      operations: running.map(({ value }) => value),
      tasksOn: (nodeId) => [...core.tasks.onNode(nodeId)].flatMap((id) => core.cache.get('task', id)?.value ?? []),
      taskOf: (id) => core.cache.get('task', id)?.value,
      specOf: (id) => core.cache.get('task-spec', id)?.value,
      replacementOf: (task) => replacementOf(core, task),
      nowhere: tasksWithoutPlace(draining.map(({ value }) => value)),
      nowMs: clock.unixMs(),
    })
    void deps.changes.carryOut(
      step.tasks.filter(({ task }) => !deps.changes.isInFlight(task.id)),
      { asLeader: true },
    )
    void store(step)
    wakeAtDeadline(draining.map(({ value }) => value))
  }

  /** What the same plan that previews say of the tasks that no other node can take now. */
  function tasksWithoutPlace(nodes: readonly Node[]): ReadonlyMap<TaskId, string> {
    const nowhere = new Map<TaskId, string>()
    for (const { id, drain } of nodes) {
      if (!drain || !hasTaskToMove(id, drain)) continue
      const { operationId: _, startedAtMs: __, ...options } = drain
      const plan = computeDrainPlan(core, deps.view, { planId: newPlanId(core), ids: [id], options })
      for (const { taskId, fate, because } of plan.moves) if (fate === 'nowhere') nowhere.set(taskId, because)
    }
    return nowhere
  }

  /** Only a drain that moves tasks before its deadline asks where to; planning for the others would be for nothing. */
  function hasTaskToMove(nodeId: Node['id'], drain: NodeDrain): boolean {
    return [...core.tasks.onNode(nodeId)].some((id) => {
      const task = core.cache.get('task', id)?.value
      const spec = core.cache.get('task-spec', id)?.value
      return task && spec && !task.stop && stopMoment(task, spec, drain) === 'at-once'
    })
  }

  /** Nodes that end their drain, and the progress of operations, in one commit. A conflict is left to the next look. */
  async function store(step: ReturnType<typeof reconcileDrains>): Promise<void> {
    const changes: Change[] = []
    for (const node of step.nodes) {
      const stored = core.cache.get('node', node.id)
      if (stored) changes.push(replace(stored, node))
    }
    for (const operation of step.operations) {
      const stored = core.cache.get('operation', operation.id)
      if (stored) changes.push(replace(stored, operation))
    }
    if (changes.length === 0) return
    isStoring = true
    await storeStep(core, {
      changes: changes.slice(0, limits.commitChangesMax),
      events: step.events,
      what: 'a step of drains',
      id: changes
        .map(({ id }) => id)
        .join(' ')
        .slice(0, 200),
    })
    isStoring = false
    // What changed while this was under way did not wake the loop.
    looking.wake()
  }

  function wakeAtDeadline(draining: readonly Node[]): void {
    deadlineTimer?.cancel()
    const atMs = nextDrainDeadlineMs(draining)
    const inMs = atMs === null ? null : atMs - clock.unixMs() + DEADLINE_SLACK_MS
    if (inMs !== null && inMs > 0 && inMs < LOOK_MS) deadlineTimer = timers.after(inMs, looking.wake)
  }

  return {
    start() {
      core.cache.subscribe((change) => concerns(core, change) && looking.wake())
      core.leadership.subscribe(looking.wake)
      looking.start()
    },
    stop() {
      looking.stop()
      deadlineTimer?.cancel()
    },
  }
}

function isRunningDrain({ kind, state }: Operation): boolean {
  return kind === 'drain' && state === 'running'
}

/** A drain began or ended, or a task came to or left a node that drains. */
function concerns(core: Core, change: CacheChange): boolean {
  if (change.kind === 'reset') return true
  const isOnDrainingNode = (task: Task | undefined) =>
    task?.planned != null ||
    (task?.nodeId != null && core.cache.get('node', task.nodeId)?.value.scheduling === 'draining')
  return change.changes.some((one) => {
    if (one.kind === 'operation') return true
    if (one.kind === 'node') return one.before?.value.scheduling !== one.after?.value.scheduling
    return one.kind === 'task' && (isOnDrainingNode(one.before?.value) || isOnDrainingNode(one.after?.value))
  })
}
