import type { Random } from '@quarterdeck/platform'
import type { Cluster } from '../cluster/cluster.ts'

/** One way in which things go wrong. */
export type FaultKind = {
  readonly name: string
  /** Strikes now; null when there is nothing to strike. */
  strike(cluster: Cluster, random: Random): Strike | null
}

export type Strike = {
  /** For the trace. */
  readonly what: string
  readonly forMs: number
  /** Puts it right again; also called early, when the run heals everything. */
  readonly end: () => void
}

/** Most faults are short; some last longer than every timeout. */
export function duration(random: Random, longestMs: number): number {
  return 100 + Math.round(longestMs * random.next() ** 3)
}
