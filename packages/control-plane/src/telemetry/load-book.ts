import type { ControllerId, LoadHistory, LoadSample, NodeId } from '@quarterdeck/domain'
import type { Clock } from '@quarterdeck/platform'
import type { LoadBook, NodePulse } from '../core.ts'
import { createLoadRing, type LoadRing } from './load-history.ts'

/** The scheduler sees averages over this long, so that one busy second does not repel work. */
const AVERAGE_OVER_MS = 30_000

/** Longest silence that the next sample still speaks for, in beat intervals; beyond it the history shows a gap. */
const COVERS_INTERVALS = 2.5

export type LoadBookWriter = LoadBook & {
  /** @param ageMs how long ago the beat arrived at the controller that heard it */
  record(nodeId: NodeId, load: LoadSample, controllerId: ControllerId, ageMs: number): void
  history(nodeId: NodeId, sinceMs: number): LoadHistory | undefined
  /** The node was removed. */
  forget(nodeId: NodeId): void
}

type Entry = { pulse: NodePulse; mark: number; readonly ring: LoadRing }

/** @param beatIntervalMs interval between beats that is in force now */
export function createLoadBook(clock: Clock, beatIntervalMs: () => number): LoadBookWriter {
  const entries = new Map<NodeId, Entry>()
  let mark = 0

  return {
    get: (nodeId) => entries.get(nodeId)?.pulse,

    changedSince(since) {
      const nodeIds: NodeId[] = []
      for (const [nodeId, entry] of entries) if (entry.mark > since) nodeIds.push(nodeId)
      return { mark, nodeIds }
    },

    record(nodeId, load, controllerId, ageMs) {
      const heardAtMs = clock.monotonicMs() - ageMs
      const entry = entries.get(nodeId)
      // After a move to another controller a late message of the old one may arrive second.
      if (entry && heardAtMs < entry.pulse.heardAtMs) return

      const gapMs = entry ? heardAtMs - entry.pulse.heardAtMs : 0
      const pulse = nextPulse(entry?.pulse, { load, controllerId, heardAtMs, gapMs })
      const ring = entry?.ring ?? createLoadRing()
      ring.add(load, clock.unixMs() - ageMs, gapMs <= COVERS_INTERVALS * beatIntervalMs() ? gapMs : 0)
      mark++
      if (entry) {
        entry.pulse = pulse
        entry.mark = mark
      } else {
        entries.set(nodeId, { pulse, mark, ring })
      }
    },

    history: (nodeId, sinceMs) => entries.get(nodeId)?.ring.read(nodeId, sinceMs),
    forget: (nodeId) => {
      entries.delete(nodeId)
    },
  }
}

function nextPulse(
  previous: NodePulse | undefined,
  heard: {
    readonly load: LoadSample
    readonly controllerId: ControllerId
    readonly heardAtMs: number
    readonly gapMs: number
  },
): NodePulse {
  const { load, controllerId, heardAtMs, gapMs } = heard
  const memoryShare = load.memoryBytesTotal > 0 ? load.memoryBytesUsed / load.memoryBytesTotal : 0
  const weight = 1 - Math.exp(-gapMs / AVERAGE_OVER_MS)
  const average = (before: number | undefined, now: number) =>
    before === undefined ? now : before + (now - before) * weight
  return {
    load,
    cpuShareAverage: average(previous?.cpuShareAverage, load.cpuShare),
    memoryShareAverage: average(previous?.memoryShareAverage, memoryShare),
    heardAtMs,
    controllerId,
  }
}
