import { isActOperation, roomOf, trackAct } from '@quarterdeck/controllers'
import type { Operation } from '@quarterdeck/domain'
import type { Core } from '../core.ts'
import { replacementOf } from '../services/replacement-of.ts'
import { liveControllers, nodeRooms } from './act-plans.ts'

/** A confirmed act on nodes with what came of it, for the tracker of operations. */
export function nodeActNow(core: Core, operation: Operation): Operation | null {
  if (!isActOperation(operation)) return null
  return trackAct(operation, {
    room: roomOf(nodeRooms(core)),
    controllers: liveControllers(core),
    leader: core.leadership.leader()?.controllerId ?? null,
    nodeOf: (id) => core.cache.get('node', id)?.value,
    taskOf: (id) => core.cache.get('task', id)?.value,
    replacementOf: (task) => replacementOf(core, task),
    nowMs: core.platform.clock.unixMs(),
  })
}
