import type { PlacementStrategy } from '../strategy.ts'
import { binPack } from './bin-pack.ts'
import { leastLoaded } from './least-loaded.ts'
import { powerOfTwoChoices } from './power-of-two-choices.ts'
import { random } from './random.ts'
import { roundRobin } from './round-robin.ts'
import { spread } from './spread.ts'

/** In the order in which they are offered. */
export const strategies = [
  leastLoaded,
  spread,
  binPack,
  roundRobin,
  random,
  powerOfTwoChoices,
] as const satisfies readonly PlacementStrategy[]

const byName = new Map<string, PlacementStrategy>(strategies.map((strategy) => [strategy.name, strategy]))

export function findStrategy(name: string): PlacementStrategy | undefined {
  return byName.get(name)
}
