import { isHealthy, isLeavingForGood, type Measure, replicaSlots } from '@quarterdeck/controllers'
import {
  type AutoscaleMetric,
  type Autoscaler,
  currentVersion,
  formatDuration,
  limits,
  type Service,
  type Task,
} from '@quarterdeck/domain'
import type { Core } from '../core.ts'
import { tasksOfService } from '../services/service-input.ts'

/** What each metric of the policy stands at now, in its order. */
export function measuresOf(core: Core, service: Service, memory: Autoscaler | undefined): Measure[] {
  return (service.autoscale?.metrics ?? []).map((metric) => measure(core, service, memory, metric))
}

function measure(core: Core, service: Service, memory: Autoscaler | undefined, metric: AutoscaleMetric): Measure {
  switch (metric.kind) {
    case 'cpu':
    case 'memory':
      return sharesOf(core, service, metric.kind)
    case 'queue':
      return { kind: 'total', value: waitingOf(core, metric), unknownBecause: '' }
    case 'metric':
      return toldOf(core, memory, metric.name)
    default:
      return metric satisfies never
  }
}

/** One share for each slot: that of its healthy replica, or of the one that runs there. */
function sharesOf(core: Core, service: Service, what: 'cpu' | 'memory'): Measure {
  const { resources } = currentVersion(service).task
  const asked = what === 'cpu' ? resources.cpuMillis : resources.memoryBytes
  const running = tasksOfService(core, service.id).filter((task) => task.state === 'running' && !isLeavingForGood(task))
  const shares = replicaSlots(service.replicas).map((slot) => {
    const ofSlot = running.filter(({ replica }) => replica?.slot === slot)
    const task = ofSlot.find((one) => isHealthy(service, one)) ?? ofSlot[0]
    return task ? shareOf(core, task, what) : null
  })
  const noun = what === 'cpu' ? 'CPU' : 'memory'
  const unknownBecause =
    asked === 0
      ? `its replicas ask for no ${noun}, so there is nothing to compare with`
      : running.length === 0
        ? 'no replica runs yet'
        : 'no node has measured a replica yet'
  return { kind: 'per-replica', shares, unknownBecause }
}

function shareOf(core: Core, { measured, nodeId, resources }: Task, what: 'cpu' | 'memory'): number | null {
  // A node that is not heard of tells nothing new: its last word may be long past.
  const node = nodeId === null ? undefined : core.cache.get('node', nodeId)?.value
  if (!measured || node?.health !== 'ready') return null
  const used = what === 'cpu' ? measured.cpuMillis : measured.memoryBytes
  const asked = what === 'cpu' ? resources.cpuMillis : resources.memoryBytes
  return used === null || asked === 0 ? null : used / asked
}

function waitingOf(core: Core, { job, labels }: Extract<AutoscaleMetric, { kind: 'queue' }>): number {
  const wanted = Object.entries(labels ?? {})
  let count = 0
  for (const id of core.tasks.inState('queued')) {
    const task = core.cache.get('task', id)?.value
    if (!task || task.replica || (job !== undefined && task.name !== job)) continue
    const has = wanted.length > 0 ? core.cache.get('task-spec', id)?.value.labels : {}
    if (wanted.every(([key, value]) => has?.[key] === value)) count++
  }
  return count
}

function toldOf(core: Core, memory: Autoscaler | undefined, name: string): Measure {
  const told = memory?.told.find((one) => one.name === name)
  const ageMs = told ? core.platform.clock.unixMs() - told.atMs : 0
  const isFresh = told !== undefined && ageMs <= limits.autoscaleMetricFreshMs
  const unknownBecause = told
    ? `the last number was told ${formatDuration(ageMs)} ago, which is too long`
    : 'nobody has told a number yet'
  return { kind: 'total', value: isFresh ? told.value : null, unknownBecause }
}
