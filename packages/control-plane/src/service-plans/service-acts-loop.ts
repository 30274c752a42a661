import { type ServiceActOperation, trackServiceAct } from '@quarterdeck/controllers'
import type { Operation, Stored } from '@quarterdeck/domain'
import type { Timer } from '@quarterdeck/platform'
import { ownMeta } from '../actor.ts'
import { replace } from '../change.ts'
import { storeError } from '../commit-draft.ts'
import type { Core } from '../core.ts'
import { slotsOf, tasksOfService } from '../services/service-input.ts'

const LOOK_MS = 500

/** Writes what became of confirmed acts on services beside their plans while this controller leads. */
export function createServiceActsLoop(core: Core): { start(): void; stop(): void } {
  const storing = new Set<string>()
  let timer: Timer | null = null

  function look(): void {
    if (!core.leadership.fence() || !core.cache.complete) return
    for (const stored of core.cache.all('operation').values()) {
      if (isServiceAct(stored.value) && !storing.has(stored.id)) lookAt(stored, stored.value)
    }
  }

  function lookAt(stored: Stored<'operation'>, operation: ServiceActOperation): void {
    const service = core.cache.get('service', operation.service.plan.serviceId)?.value
    const tasks = tasksOfService(core, operation.service.plan.serviceId)
    const slots = new Set(service ? slotsOf(core, service, tasks).slots : [])
    const next = trackServiceAct(operation, { service, slots, tasks, nowMs: core.platform.clock.unixMs() })
    if (next) void store(stored, next)
  }

  /** A conflict is left to the next look. */
  async function store(stored: Stored<'operation'>, next: Operation): Promise<void> {
    const fence = core.leadership.fence()
    if (!fence) return
    storing.add(stored.id)
    try {
      const reply = await core.committer.commit(
        { fence, changes: [replace(stored, next)], meta: ownMeta(core) },
        'priority',
      )
      if (reply.status === 'fenced') core.leadership.fenced()
      if (reply.status === 'conflict') await core.cache.fresh()
    } catch (error) {
      core.platform.log.warn('the progress of an act on a service was not stored', {
        operation: stored.id,
        because: storeError(error).message,
      })
    }
    storing.delete(stored.id)
  }

  return {
    start() {
      timer = core.platform.timers.every(LOOK_MS, look)
    },
    stop() {
      timer?.cancel()
      timer = null
    },
  }
}

function isServiceAct(operation: Operation): operation is ServiceActOperation {
  return operation.kind === 'service' && operation.state === 'running' && operation.service !== undefined
}
