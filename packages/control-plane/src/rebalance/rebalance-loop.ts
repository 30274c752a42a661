import { reconcileRebalance } from '@quarterdeck/controllers'
import type { Operation, Stored } from '@quarterdeck/domain'
import type { Timer } from '@quarterdeck/platform'
import { obstacleOn } from '@quarterdeck/scheduler'
import type { CacheChange } from '@quarterdeck/store'
import { replace } from '../change.ts'
import type { Core } from '../core.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { repeating } from '../work-loops/repeating.ts'
import { storeStep } from '../work-loops/store-step.ts'
import type { TaskChanges } from '../work-loops/task-changes.ts'
import { startAutomaticRebalance } from './rebalance-plans.ts'

const LOOK_MS = 1_000
/** Advice costs a look at every node, and nothing that it is about changes by the second. */
const AUTOMATIC_LOOK_MS = 10_000

/**
 * Carries confirmed rebalances on while this controller leads. Takes no input: reads the operation and its tasks as they are, so a new
 * leader goes on where the old one stopped. Starts what nobody confirmed only where the settings say so, within their budget.
 */
export function createRebalanceLoop(
  core: Core,
  { view, changes }: { readonly view: ClusterView; readonly changes: TaskChanges },
): { start(): void; stop(): void } {
  const { timers, clock, random } = core.platform
  const looking = repeating(core.platform, LOOK_MS, look)
  let automaticTimer: Timer | null = null
  let isStarting = false
  let isStoring = false

  function look(): void {
    if (isStoring || !core.leadership.fence() || !core.cache.complete) return
    const running = [...core.cache.all('operation').values()].filter(({ value }) => isRunningRebalance(value))
    for (const stored of running) step(stored)
  }

  function step(stored: Stored<'operation'>): void {
    const nowMs = clock.unixMs()
    const { tasks, operation, events } = reconcileRebalance(stored.value, {
      taskOf: (id) => core.cache.get('task', id)?.value,
      specOf: (id) => core.cache.get('task-spec', id)?.value,
      obstacle: (task, spec, nodeId) => obstacleOn(view.snapshot, { task, spec }, nodeId, { random, nowMs }),
      nowMs,
    })
    void changes.carryOut(
      tasks.filter(({ task }) => !changes.isInFlight(task.id)),
      { asLeader: true },
    )
    if (operation) void store(stored, operation, events)
  }

  async function store(
    stored: Stored<'operation'>,
    operation: Operation,
    events: ReturnType<typeof reconcileRebalance>['events'],
  ): Promise<void> {
    isStoring = true
    await storeStep(core, {
      changes: [replace(stored, operation)],
      events,
      what: 'a step of a rebalance',
      id: operation.id,
    })
    isStoring = false
    looking.wake()
  }

  async function lookForAutomatic(): Promise<void> {
    if (isStarting || !core.leadership.fence() || !core.cache.complete) return
    isStarting = true
    await startAutomaticRebalance(core, view).catch((error: unknown) =>
      core.platform.log.warn('an automatic rebalance was not started', { because: String(error) }),
    )
    isStarting = false
  }

  return {
    start() {
      automaticTimer = timers.every(AUTOMATIC_LOOK_MS, () => void lookForAutomatic())
      core.cache.subscribe((change) => concerns(change) && looking.wake())
      core.leadership.subscribe(looking.wake)
      looking.start()
    },
    stop() {
      automaticTimer?.cancel()
      looking.stop()
    },
  }
}

function isRunningRebalance({ kind, state }: Operation): boolean {
  return kind === 'rebalance' && state === 'running'
}

/** A rebalance began or was stopped, or a task that it moves took a step. */
function concerns(change: CacheChange): boolean {
  if (change.kind === 'reset') return true
  return change.changes.some((one) => {
    if (one.kind === 'operation') return true
    return one.kind === 'task' && (one.before?.value.planned != null || one.after?.value.planned != null)
  })
}
