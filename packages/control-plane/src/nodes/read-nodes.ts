import { type AsOf, fail, type NodeDetail, ok } from '@quarterdeck/domain'
import type { NodesService } from '../contract.ts'
import type { Core } from '../core.ts'
import { nodeRow, taskRow } from '../live/rows.ts'
import type { Slots } from '../live/slots.ts'
import type { LoadBookWriter } from '../telemetry/load-book.ts'
import { nodeNotFound } from './node-act.ts'

/** The nodes as this controller's cache has them, each answer with its age. */
export function readNodes(
  core: Core,
  slots: Slots,
  loads: LoadBookWriter,
): Pick<NodesService, 'list' | 'get' | 'history'> {
  return {
    list() {
      const rows = [...core.cache.all('node').values()].map(({ value }) => nodeRow(core, slots, value))
      return asOf(
        core,
        rows.sort((a, b) => (a.id < b.id ? -1 : 1)),
      )
    },

    get(id) {
      const stored = core.cache.get('node', id)
      if (!stored) return fail(nodeNotFound(id))
      const pulse = loads.get(id)
      const tasks = [...core.tasks.onNode(id)].flatMap((taskId) => {
        const task = core.cache.get('task', taskId)
        return task ? [taskRow(task)] : []
      })
      const detail: NodeDetail = {
        ...nodeRow(core, slots, stored.value),
        load: pulse?.load ?? null,
        beatAgeMs: pulse ? Math.round(core.platform.clock.monotonicMs() - pulse.heardAtMs) : null,
        tasks,
      }
      return ok(asOf(core, detail))
    },

    history(id, { sinceMs }) {
      if (!core.cache.get('node', id)) return fail(nodeNotFound(id))
      return ok(loads.history(id, sinceMs) ?? NO_HISTORY(id))
    },
  }
}

export function asOf<Value>(core: Core, value: Value): AsOf<Value> {
  const { revision, serverMs, behindMs } = core.cache.asOf()
  return { value, revision, serverMs, behindMs }
}

const NO_HISTORY = (nodeId: string) => ({
  nodeId,
  atMs: [],
  cpuShare: [],
  memoryShare: [],
  diskShare: [],
  diskBytesPerSecond: [],
  networkReceivedBytesPerSecond: [],
  networkSentBytesPerSecond: [],
  loadAverage1: [],
  tasksRunning: [],
})
