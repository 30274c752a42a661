import { reconcileDue, reconcileEvictions, reconcileFailover, reconcileTimeouts } from '@quarterdeck/controllers'
import { isGone, type Node, type NodeId, type Task, type UnixMs } from '@quarterdeck/domain'
import type { Core } from '../core.ts'
import type { NodeWatch } from '../nodes/watch-nodes.ts'
import { repeating } from './repeating.ts'
import type { TaskChanges } from './task-changes.ts'

const LOOK_MS = 250
/** Every live task is looked at for its timeouts this often; they are enforced by the agents first. */
const TIMEOUT_LOOK_MS = 1_000

/**
 * The leader's look at tasks: those whose node is lost or will not have them any more, whose pause is over, whose time has run out. Takes no input; a change of a
 * node's health only wakes it early.
 */
export function createTaskLoop(
  core: Core,
  { changes, heardAtMs }: { readonly changes: TaskChanges; readonly heardAtMs: NodeWatch['heardAtMs'] },
): { start(): void; stop(): void } {
  const looking = repeating(core.platform, LOOK_MS, look)
  let lastTimeoutLookMs = Number.NEGATIVE_INFINITY

  const specOf = (id: Task['id']) => core.cache.get('task-spec', id)?.value

  function look(): void {
    if (!core.leadership.fence() || !core.cache.complete) return
    const nowMs = core.platform.clock.unixMs()
    const { random } = core.platform
    const due = reconcileDue(delayedTasks(core), nowMs)
    const lost = reconcileFailover({
      tasks: tasksOfLostNodes(core),
      nodeOf: (id) => lostNode(core, heardAtMs, id, nowMs),
      specOf,
      timings: core.timings,
      nowMs,
      random,
    })
    const evicted = reconcileEvictions(evictingNodes(core), (id) => tasksOnNode(core, id), { specOf, nowMs })
    const overdue = lookAtTimeouts(nowMs)
    const settled = [...due, ...lost, ...evicted, ...overdue].filter(({ task }) => !changes.isInFlight(task.id))
    if (settled.length > 0) void changes.carryOut(settled, { asLeader: true })
  }

  function lookAtTimeouts(nowMs: UnixMs) {
    const monotonicMs = core.platform.clock.monotonicMs()
    if (monotonicMs - lastTimeoutLookMs < TIMEOUT_LOOK_MS) return []
    lastTimeoutLookMs = monotonicMs
    return reconcileTimeouts(liveTasks(core), { specOf, nowMs, by: `controller:${core.id}` })
  }

  core.cache.subscribe((change) => {
    if (change.kind === 'reset' || change.changes.some((one) => one.kind === 'node')) looking.wake()
  })
  core.leadership.subscribe(looking.wake)

  return {
    start: looking.start,
    stop: looking.stop,
  }
}

function* tasksIn(core: Core, ...states: Task['state'][]): Iterable<Task> {
  for (const state of states) {
    for (const id of core.tasks.inState(state)) {
      const task = core.cache.get('task', id)?.value
      if (task) yield task
    }
  }
}

/** Those that may begin when their moment comes: what waits in the background stays there while operators have paused that. */
function* delayedTasks(core: Core): Iterable<Task> {
  const isPaused = core.cache.get('settings', 'cluster')?.value.failbackPaused === true
  for (const task of tasksIn(core, 'delayed')) if (!isPaused || task.background !== true) yield task
}

function liveTasks(core: Core): Iterable<Task> {
  return tasksIn(core, 'delayed', 'queued', 'assigned', 'running', 'unknown', 'stopping')
}

function* tasksOfLostNodes(core: Core): Iterable<Task> {
  for (const nodeId of core.tasks.nodes()) {
    const health = core.cache.get('node', nodeId)?.value.health
    if (health !== undefined && !isGone(health)) continue
    yield* tasksOnNode(core, nodeId)
  }
}

function* tasksOnNode(core: Core, nodeId: NodeId): Iterable<Task> {
  for (const id of core.tasks.onNode(nodeId)) {
    const task = core.cache.get('task', id)?.value
    if (task) yield task
  }
}

/** Those of which a taint says that not everything may go on there. */
function* evictingNodes(core: Core): Iterable<Node> {
  for (const nodeId of core.tasks.nodes()) {
    const node = core.cache.get('node', nodeId)?.value
    if (node?.taints?.some(({ effect }) => effect === 'no-execute')) yield node
  }
}

/** Told in wall time, yet measured by the monotonic clock: a wall clock that jumps must not make an exclusive task run twice. */
function lostNode(core: Core, heardAtMs: NodeWatch['heardAtMs'], id: NodeId, nowMs: UnixMs) {
  const node = core.cache.get('node', id)?.value
  if (!node) return undefined
  const monotonicMs = core.platform.clock.monotonicMs()
  const silentMs = monotonicMs - (heardAtMs(id) ?? monotonicMs)
  return { health: node.health, healthSinceMs: node.healthSinceMs, lastConfirmedMs: (nowMs - silentMs) as UnixMs }
}
