import {
  plannedNodeOf,
  reconcileService,
  requestStop,
  rollingUpdate,
  type ServiceAction,
  type StopReason,
  serviceCondition,
  type TaskChange,
} from '@quarterdeck/controllers'
import {
  isTerminal,
  type Service,
  type ServiceId,
  type StopRequest,
  type Stored,
  type Task,
  versionOf,
} from '@quarterdeck/domain'
import type { CacheChange, Change } from '@quarterdeck/store'
import { erase, put, replace } from '../change.ts'
import type { Core } from '../core.ts'
import { repeating } from '../work-loops/repeating.ts'
import { soonOnce } from '../work-loops/soon-once.ts'
import { storeStep } from '../work-loops/store-step.ts'
import type { TaskChanges } from '../work-loops/task-changes.ts'
import { newReplica } from './new-replica.ts'
import { eventsOfStep, serviceEvent } from './service-events.ts'
import { serviceInput } from './service-input.ts'

const LOOK_MS = 500
/** Spec and task each; a greater service comes up in several looks. */
const CREATES_PER_LOOK = 100

type Create = Extract<ServiceAction, { kind: 'create-task' }>

/**
 * Keeps every service as it is asked for while this controller leads. Takes no input: what changed only says which services to look at
 * early. New replicas are stored together with the service's count of them, so that a decision on an old view is refused as a whole.
 */
export function createServicesLoop(
  core: Core,
  { changes }: { readonly changes: TaskChanges },
): { start(): void; stop(): void } {
  const dirty = new Set<ServiceId>()
  const storing = new Set<ServiceId>()
  const looking = repeating(core.platform, LOOK_MS, () => wakeAll())

  function look(ids: Iterable<ServiceId>): void {
    if (!core.leadership.fence() || !core.cache.complete) return
    for (const id of ids) {
      const stored = core.cache.get('service', id)
      if (stored && !storing.has(id)) lookAt(stored)
    }
  }

  function lookAt(stored: Stored<'service'>): void {
    const input = serviceInput(core, stored.value)
    // A stop that is on its way would be decided again.
    if (input.tasks.some(({ id }) => changes.isInFlight(id))) return
    if (stored.value.desired === 'removed' && input.tasks.every(({ state }) => isTerminal(state))) {
      void store(
        stored.value,
        [erase('service', stored.id, stored.revision), erase('autoscaler', stored.id, 'any')],
        [
          serviceEvent(
            stored.value.id,
            'service.removed',
            'notice',
            `Service ${stored.id} is removed: none of its replicas is left`,
          ),
        ],
      )
      return
    }
    const step = rollingUpdate(input, reconcileService(input))
    const creates = step.actions
      .filter((action): action is Create => action.kind === 'create-task')
      .slice(0, CREATES_PER_LOOK)
    const { service, objects } = drafted(
      core,
      { ...stored.value, rollout: step.rollout, specVersion: step.specVersion },
      creates,
    )
    const next = { ...service, condition: conditionOf(service, input) }
    if (objects.length > 0 || hasChanged(stored.value, next))
      void store(stored.value, [...objects, replace(stored, next)], eventsOfStep(stored.value, next))
    const stops = stopsOf(core, stored.value, step.actions, input.tasks)
    if (stops.length > 0) void changes.carryOut(stops, { asLeader: true }).then(() => wake(stored.value.id))
  }

  async function store(
    service: Service,
    written: readonly Change[],
    events: ReturnType<typeof eventsOfStep>,
  ): Promise<void> {
    storing.add(service.id)
    await storeStep(core, { changes: written, events, what: 'a step of a service', id: service.id })
    storing.delete(service.id)
    wake(service.id)
  }

  const lookAtDirtySoon = soonOnce(core.platform, () => {
    const ids = [...dirty]
    dirty.clear()
    if (looking.isRunning()) look(ids)
  })

  function wake(id: ServiceId): void {
    dirty.add(id)
    if (looking.isRunning()) lookAtDirtySoon()
  }

  const wakeAll = () => {
    for (const id of core.cache.all('service').keys()) wake(id as ServiceId)
  }

  return {
    start() {
      core.cache.subscribe((change) => {
        if (change.kind === 'reset' || concernsAll(change)) return wakeAll()
        for (const id of concerned(change)) wake(id)
      })
      core.leadership.subscribe(wakeAll)
      looking.start()
    },
    stop: looking.stop,
  }
}

function conditionOf(service: Service, input: ReturnType<typeof serviceInput>): Service['condition'] {
  return service.desired === 'removed'
    ? service.condition
    : serviceCondition(service, input.slots, input.tasks, input.nowMs)
}

function hasChanged(before: Service, after: Service): boolean {
  return (
    before.rollout !== after.rollout || before.condition !== after.condition || before.specVersion !== after.specVersion
  )
}

/** The objects of the new replicas, and the service that counts them. */
function drafted(
  core: Core,
  service: Service,
  creates: readonly Create[],
): { readonly service: Service; readonly objects: Change[] } {
  const objects = creates.flatMap((create): Change[] => {
    const version = versionOf(service, create.specVersion)
    if (!version) return []
    const { slot, notBeforeMs, restarts, restartsSinceMs, replaces } = create
    const { spec, task } = newReplica(core, service, version, { slot, notBeforeMs, restarts, restartsSinceMs })
    return [
      put('task-spec', spec, 0),
      put('task', { ...task, planned: destinationOf(core, replaces) ?? plannedFor(core, service, create) }, 0),
    ]
  })
  return { service: { ...service, tasksMade: service.tasksMade + objects.length / 2 }, objects }
}

/** Where a confirmed plan of an act on the service wants the new replica to be. */
function plannedFor(core: Core, { id, specVersion }: Service, { slot }: Create): Task['planned'] {
  for (const { value: operation } of core.cache.all('operation').values()) {
    const plan = operation.state === 'running' ? operation.service?.plan : undefined
    if (plan?.serviceId !== id || plan.toVersion !== specVersion) continue
    const nodeId = plannedNodeOf(plan, slot)
    if (nodeId) return { nodeId, operationId: operation.id }
  }
  return null
}

/** Where the confirmed plan of the drain wants the replacement to be. */
function destinationOf(core: Core, replaces: Task['id'] | null): Task['planned'] {
  const nodeId = replaces ? core.cache.get('task', replaces)?.value.nodeId : null
  const drain = nodeId ? core.cache.get('node', nodeId)?.value.drain : null
  if (!drain) return null
  const { plan } = core.cache.get('operation', drain.operationId)?.value ?? {}
  const toNodeId = plan?.moves.find(({ taskId }) => taskId === replaces)?.toNodeId
  return toNodeId ? { nodeId: toNodeId, operationId: drain.operationId } : null
}

const whys: Record<StopReason, { readonly why: StopRequest['why']; readonly becomes: StopRequest['becomes'] }> = {
  'scaled-down': { why: 'service', becomes: 'cancelled' },
  duplicate: { why: 'service', becomes: 'cancelled' },
  outdated: { why: 'service', becomes: 'cancelled' },
  removed: { why: 'service', becomes: 'cancelled' },
  draining: { why: 'drain', becomes: 'cancelled' },
  unhealthy: { why: 'unhealthy', becomes: 'failed' },
}

function stopsOf(
  core: Core,
  service: Service,
  actions: readonly ServiceAction[],
  tasks: readonly Task[],
): TaskChange[] {
  const nowMs = core.platform.clock.unixMs()
  const byId = new Map(tasks.map((task) => [task.id, task]))
  return actions.flatMap((action) => {
    const task = action.kind === 'stop-task' ? byId.get(action.taskId) : undefined
    if (action.kind !== 'stop-task' || !task) return []
    const graceMs = core.cache.get('task-spec', task.id)?.value.killGraceMs ?? 0
    const by = `service ${service.id} (${action.reason})`
    const change = requestStop(task, { ...whys[action.reason], by, graceMs, timeout: null }, nowMs)
    return change.task === task ? [] : [change]
  })
}

/** A node that opens, closes, comes, goes or is labelled may matter to every service. */
function concernsAll(change: Extract<CacheChange, { kind: 'entry' }>): boolean {
  return change.changes.some(
    (one) =>
      one.kind === 'node' &&
      (one.before?.value.scheduling !== one.after?.value.scheduling ||
        one.before?.value.health !== one.after?.value.health ||
        one.before?.value.labels !== one.after?.value.labels),
  )
}

function concerned(change: Extract<CacheChange, { kind: 'entry' }>): ServiceId[] {
  return change.changes.flatMap((one) => {
    if (one.kind === 'service') return [one.id as ServiceId]
    const task = one.kind === 'task' ? (one.after?.value ?? one.before?.value) : undefined
    return task?.replica ? [task.replica.serviceId] : []
  })
}
