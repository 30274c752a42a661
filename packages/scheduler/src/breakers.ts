import { type Breaker, formatDuration, type NodeId, type UnixMs } from '@quarterdeck/domain'
import type { Pending } from './plan-types.ts'

const none: ReadonlyMap<NodeId, string> = new Map()

/** Which jobs are kept away from which nodes because they failed there. */
export class Breakers {
  readonly #byJob = new Map<string, Map<string, Breaker>>()

  take(breaker: Breaker): void {
    this.forget(breaker.id, breaker.job)
    if (breaker.state === 'closed') return
    const ofJob = this.#byJob.get(breaker.job) ?? new Map<string, Breaker>()
    this.#byJob.set(breaker.job, ofJob.set(breaker.id, breaker))
  }

  forget(id: string, job: string = id.slice(0, id.lastIndexOf('@'))): void {
    const ofJob = this.#byJob.get(job)
    ofJob?.delete(id)
    if (ofJob?.size === 0) this.#byJob.delete(job)
  }

  /** The nodes that this task may not go to now, each with the reason; `probesLeft` says how many may try a half-open one. */
  closedTo(
    { task, spec }: Pending,
    nowMs: UnixMs,
    probesLeft: (breaker: Breaker) => number,
  ): ReadonlyMap<NodeId, string> {
    const ofJob = this.#byJob.get(task.name)
    if (!ofJob || !obeysBreakers({ task, spec })) return none
    const closed = new Map<NodeId, string>()
    for (const breaker of ofJob.values()) {
      const { nodeId, job, state, untilMs, because } = breaker
      if (state === 'half-open' && probesLeft(breaker) > 0) continue
      const left =
        state === 'open'
          ? `for another ${formatDuration(Math.max(0, untilMs - nowMs))}`
          : 'but for a few attempts that are under way'
      closed.set(nodeId, `the breaker of ${job} on ${nodeId} is open ${left}: ${because}`)
    }
    return closed
  }
}

/**
 * Whether breakers concern a task at all: not one that belongs to its node, is kept by a service (which has its own back-off), may run on
 * one node only, or asked for none.
 */
export function obeysBreakers({ task, spec }: Pending): boolean {
  const isWanted = spec.faults === undefined || spec.faults.breaker || spec.faults.strategy === 'failsilent'
  return isWanted && !task.system && task.replica === null && spec.shard === undefined && spec.onNodes.length !== 1
}
