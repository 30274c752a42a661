import { type AutoscaleStep, reconcileAutoscale } from '@quarterdeck/controllers'
import type { Autoscaler, Service, Stored } from '@quarterdeck/domain'
import { put, replace } from '../change.ts'
import type { Core } from '../core.ts'
import { scaled } from '../services/scaled.ts'
import { serviceEvent } from '../services/service-events.ts'
import { repeating } from '../work-loops/repeating.ts'
import { storeStep } from '../work-loops/store-step.ts'
import { measuresOf } from './measure-service.ts'

const LOOK_MS = 500

/**
 * Looks at every autoscaled service once per interval of its policy while this controller leads. When it looked last, what was wanted
 * and what was done stand in the store, so another leader goes on there. The number of replicas and what is remembered of the decision
 * go in one commit: there is no step that nothing explains.
 */
export function createAutoscaleLoop(core: Core): { start(): void; stop(): void } {
  const storing = new Set<string>()
  const looking = repeating(core.platform, LOOK_MS, look)

  function look(): void {
    if (!core.leadership.fence() || !core.cache.complete) return
    for (const stored of core.cache.all('service').values()) {
      if (isAutoscaled(stored.value) && !storing.has(stored.id)) lookAt(stored)
    }
  }

  function lookAt(stored: Stored<'service'>): void {
    const { id, autoscale, replicas } = stored.value
    const memory = core.cache.get('autoscaler', id)
    const nowMs = core.platform.clock.unixMs()
    if (!autoscale || nowMs - (memory?.value.lookedAtMs ?? 0) < autoscale.everyMs) return
    const measures = measuresOf(core, stored.value, memory?.value)
    const step = reconcileAutoscale({
      serviceId: id,
      policy: autoscale,
      replicas,
      memory: memory?.value,
      measures,
      nowMs,
    })
    if (step) void store(stored, memory, step)
  }

  async function store(
    service: Stored<'service'>,
    memory: Stored<'autoscaler'> | undefined,
    step: AutoscaleStep,
  ): Promise<void> {
    storing.add(service.id)
    const remembered = memory ? replace(memory, step.memory) : put('autoscaler', step.memory, 0)
    const isStep = step.replicas !== service.value.replicas
    const changes = isStep
      ? [remembered, replace(service, { ...scaled(service.value, step.replicas), replicas: step.replicas })]
      : [remembered]
    const events = isStep ? [stepEvent(service.value, step.memory)] : []
    await storeStep(core, { changes, events, what: 'a look of autoscaling', id: service.id })
    storing.delete(service.id)
  }

  return {
    start: looking.start,
    stop: looking.stop,
  }
}

function isAutoscaled({ autoscale, desired, mode }: Service): boolean {
  return autoscale != null && desired === 'running' && mode === 'replicated'
}

function stepEvent({ id }: Service, { decisions }: Autoscaler) {
  return serviceEvent(id, 'service.autoscaled', 'notice', `Service ${id} is autoscaled. ${decisions[0]?.because ?? ''}`)
}
