import type { PlacementStrategy } from '../strategy.ts'
import { binPack } from './bin-pack.ts'
import { boundedHash } from './bounded-hash.ts'
import { chainOf } from './chain.ts'
import { consistentHash } from './consistent-hash.ts'
import { failover } from './failover.ts'
import { fastest } from './fastest.ts'
import { first } from './first.ts'
import { fragmentationAware } from './fragmentation-aware.ts'
import { idle } from './idle.ts'
import { last } from './last.ts'
import { leastFrequentlyUsed } from './least-frequently-used.ts'
import { leastLoaded } from './least-loaded.ts'
import { leastRecentlyUsed } from './least-recently-used.ts'
import { leastTasks } from './least-tasks.ts'
import { locality } from './locality.ts'
import { maglev } from './maglev.ts'
import { powerOfTwoChoices } from './power-of-two-choices.ts'
import { random } from './random.ts'
import { rendezvous } from './rendezvous.ts'
import { roundRobin } from './round-robin.ts'
import { smoothWeightedRoundRobin } from './smooth-weighted-round-robin.ts'
import { spread } from './spread.ts'
import { weightedLeastTasks } from './weighted-least-tasks.ts'
import { weightedRandom } from './weighted-random.ts'
import { worstFit } from './worst-fit.ts'

/** In the order in which they are offered. */
export const strategies = [
  leastLoaded,
  spread,
  binPack,
  fragmentationAware,
  worstFit,
  leastTasks,
  weightedLeastTasks,
  fastest,
  powerOfTwoChoices,
  roundRobin,
  smoothWeightedRoundRobin,
  random,
  weightedRandom,
  consistentHash,
  boundedHash,
  rendezvous,
  maglev,
  locality,
  leastRecentlyUsed,
  leastFrequentlyUsed,
  failover,
  idle,
  first,
  last,
] as const satisfies readonly PlacementStrategy[]

const byName = new Map<string, PlacementStrategy>(strategies.map((strategy) => [strategy.name, strategy]))

/** A strategy by its name, or a chain of them by its text; undefined when one of the names is unknown. */
export function findStrategy(text: string): PlacementStrategy | undefined {
  return byName.get(text) ?? (text.includes('>') ? chainOf(text, (name) => byName.get(name)) : undefined)
}
