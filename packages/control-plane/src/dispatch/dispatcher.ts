import { isPlaced, type NodeId, type Task, type TaskId } from '@quarterdeck/domain'
import { type Assignment, type Command, desiredDigest, type HeldAttempt } from '@quarterdeck/domain/wire'
import { sleep } from '@quarterdeck/platform'
import type { Core } from '../core.ts'
import type { Inventory } from '../reports/held-attempts.ts'
import { soonOnce } from '../work-loops/soon-once.ts'
import { assignmentOf, needsDurableStart, wantOf } from './assignment.ts'

/**
 * Tells the agents connected here what their node must hold. Level-triggered: the set of tasks placed on a node is the truth, pushes of
 * single changes are hints, and the digest in each beat heals a hint that was lost.
 */
export type Dispatcher = {
  /**
   * The whole set for a session that just opened, and from now on every change of it. `held` is what the agent says it has: an attempt
   * that was running and is not there any more is never started again by this set; `lost` is told of it.
   */
  sessionOpened(nodeId: NodeId, held: readonly HeldAttempt[]): Promise<Command>
  /** The digest of the node's last beat. Two beats in a row that differ get the whole set again. */
  beatDigest(nodeId: NodeId, digest: string): void
  /** The agent itself reported the end of this attempt: it need not be told to let it go. */
  endedByAgent(taskId: TaskId, attempt: number): void
}

type Connected = {
  /** Task id -> what the agent was told: `attempt/want`. */
  readonly told: Map<TaskId, { readonly attempt: number; readonly want: Assignment['want'] }>
  readonly dirty: Set<TaskId>
  digest: string | null
  mismatches: number
  /** Attempts `id/attempt` that the agent should have and has not. */
  readonly missing: ReadonlySet<string>
  /** Attempts `id/attempt` that it said it has. */
  readonly held: ReadonlySet<string>
  /** Highest generation sent: it never goes back within a session. */
  generation: number
}

const MISMATCHES_BEFORE_WHOLE = 2
const FRESH_RETRY_MS = 250

export type DispatcherDeps = {
  /** Attempts that an agent should hold, and does not; and those it still runs although they were given up as unknown. */
  readonly reconcileHeld: (inventory: Inventory) => Promise<void>
}

export function createDispatcher(core: Core, deps: DispatcherDeps): Dispatcher {
  const connected = new Map<NodeId, Connected>()
  const endedHere = new Set<string>()
  /** Every commit up to this revision is as safe as the store can make it. */
  let durableRevision = 0
  let isMakingDurable = false

  core.cache.subscribe((change) => {
    if (change.kind === 'reset') {
      durableRevision = 0
      for (const [nodeId, node] of connected) sendWhole(nodeId, node)
      return
    }
    for (const one of change.changes) {
      if (one.kind !== 'task') continue
      markDirty(one.before?.value.nodeId, one.id as TaskId)
      markDirty(one.after?.value.nodeId, one.id as TaskId)
    }
  })

  function markDirty(nodeId: NodeId | null | undefined, taskId: TaskId): void {
    const node = nodeId ? connected.get(nodeId) : undefined
    if (!node) return
    node.dirty.add(taskId)
    schedule()
  }

  const schedule = soonOnce(core.platform, () => {
    for (const [nodeId, node] of connected) if (node.dirty.size > 0) sendChanges(nodeId, node)
  })

  /** The task's assignment on this node; null when it is not there, `held-back` when its start is not durable yet. */
  function desired(nodeId: NodeId, node: Connected, taskId: TaskId): Assignment | null | 'held-back' {
    const stored = core.cache.get('task', taskId)
    const spec = core.cache.get('task-spec', taskId)?.value
    if (!stored || !spec || !isOn(stored.value, nodeId)) return null
    const name = `${taskId}/${stored.value.attempt}`
    if (node.missing.has(name)) return null
    // Only a start can be held back: what the agent has already, it has.
    const isStart = stored.value.state === 'assigned' && wantOf(stored.value) === 'run' && !node.held.has(name)
    if (isStart && stored.revision > durableRevision && needsDurableStart(stored, spec)) {
      makeDurable()
      return 'held-back'
    }
    return assignmentOf(stored.value, spec, core.leadership.lastSeen())
  }

  function sendChanges(nodeId: NodeId, node: Connected): void {
    if (!core.hub.session(nodeId)) {
      connected.delete(nodeId)
      return
    }
    const assignments: Assignment[] = []
    const released: string[] = []
    for (const taskId of node.dirty) {
      const wanted = desired(nodeId, node, taskId)
      if (wanted === 'held-back') continue
      const told = node.told.get(taskId)
      if (wanted) {
        if (told?.attempt === wanted.attempt && told.want === wanted.want) continue
        if (told && told.attempt !== wanted.attempt) letGo(taskId, told.attempt, released)
        node.told.set(taskId, { attempt: wanted.attempt, want: wanted.want })
        assignments.push(wanted)
      } else if (told) {
        node.told.delete(taskId)
        letGo(taskId, told.attempt, released)
      }
    }
    node.dirty.clear()
    node.digest = null
    if (assignments.length === 0 && released.length === 0) return
    node.generation = Math.max(node.generation, core.cache.revision)
    core.hub.send(nodeId, { kind: 'desired', generation: node.generation, whole: false, assignments, released })
  }

  function letGo(taskId: TaskId, attempt: number, released: string[]): void {
    const name = `${taskId}/${attempt}`
    if (!endedHere.delete(name)) released.push(name)
  }

  function whole(nodeId: NodeId, node: Connected): Command {
    const assignments = [...core.tasks.onNode(nodeId)].flatMap((taskId) => {
      const wanted = desired(nodeId, node, taskId)
      return wanted && wanted !== 'held-back' ? [wanted] : []
    })
    node.told.clear()
    for (const { taskId, attempt, want } of assignments) node.told.set(taskId, { attempt, want })
    node.dirty.clear()
    node.digest = null
    node.mismatches = 0
    node.generation = Math.max(node.generation, core.cache.revision)
    return { kind: 'desired', generation: node.generation, whole: true, assignments, released: [] }
  }

  function sendWhole(nodeId: NodeId, node: Connected): void {
    core.hub.send(nodeId, whole(nodeId, node))
  }

  async function untilFresh(nodeId: NodeId): Promise<void> {
    while (core.hub.session(nodeId)) {
      try {
        return await core.cache.fresh()
      } catch {
        await sleep(core.platform.timers, FRESH_RETRY_MS)
      }
    }
  }

  /** One barrier at a time; it covers everything that was committed before it began. */
  function makeDurable(): void {
    if (isMakingDurable) return
    isMakingDurable = true
    const { revision: covered, historyId } = core.cache
    core.store
      .durable(historyId)
      .then(() => {
        if (historyId === core.cache.historyId) durableRevision = Math.max(durableRevision, covered)
      })
      .catch((error: unknown) =>
        core.platform.log.warn('starts wait for the store to be durable', { because: String(error) }),
      )
      .finally(() => {
        isMakingDurable = false
        // What was held back is asked for again: it goes out now, or begins the next barrier.
        for (const [nodeId, node] of connected) {
          for (const taskId of core.tasks.onNode(nodeId)) if (!node.told.has(taskId)) markDirty(nodeId, taskId)
        }
      })
  }

  return {
    async sessionOpened(nodeId, held) {
      // A set from an old view would stop attempts that this controller has not heard of, so it waits until it has caught up; then both
      // sides agree on what is there, or attempts that are about to be adopted would be stopped.
      const sessionId = core.hub.session(nodeId)?.sessionId
      await untilFresh(nodeId)
      if (sessionId) await deps.reconcileHeld({ nodeId, sessionId, held })
      // Superseded meanwhile: this stream is over, and the newer session has its own.
      if (core.hub.session(nodeId)?.sessionId !== sessionId) return nothing
      const names = new Set(held.map(({ taskId, attempt }) => `${taskId}/${attempt}`))
      const missing = [...core.tasks.onNode(nodeId)]
        .flatMap((taskId) => core.cache.get('task', taskId)?.value ?? [])
        .filter((task) => task.state !== 'assigned' && !names.has(`${task.id}/${task.attempt}`))
      const node: Connected = {
        told: new Map(),
        dirty: new Set(),
        digest: null,
        mismatches: 0,
        missing: new Set(missing.map((task) => `${task.id}/${task.attempt}`)),
        held: names,
        generation: 0,
      }
      connected.set(nodeId, node)
      return whole(nodeId, node)
    },
    beatDigest(nodeId, digest) {
      const node = connected.get(nodeId)
      if (!node) return
      node.digest ??= desiredDigest([...node.told].map(([taskId, told]) => ({ taskId, ...told })))
      node.mismatches = digest === node.digest ? 0 : node.mismatches + 1
      if (node.mismatches >= MISMATCHES_BEFORE_WHOLE) sendWhole(nodeId, node)
    },
    endedByAgent: (taskId, attempt) => void endedHere.add(`${taskId}/${attempt}`),
  }
}

const nothing: Command = { kind: 'desired', generation: 0, whole: false, assignments: [], released: [] }

function isOn(task: Task, nodeId: NodeId): boolean {
  return task.nodeId === nodeId && isPlaced(task.state)
}
