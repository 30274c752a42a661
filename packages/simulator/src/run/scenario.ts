import type { Capacity } from '@quarterdeck/domain'
import { between, chance, pick, randomStream } from '../world/random-streams.ts'

/** What one seed is about: the size of the cluster, its work, and which faults it meets how often. */
export type Scenario = {
  readonly seed: number
  readonly controllers: number
  readonly nodes: number
  readonly zones: number
  readonly capacity: Capacity
  /** Clocks may run up to 5 % fast or slow. */
  readonly drifts: boolean
  /** Virtual time of work and faults, before everything is healed. */
  readonly activeMs: number
  readonly submitEveryMs: number
  readonly operateEveryMs: number
  /** Fault kinds of this run, each with the mean pause between two strikes. Others never happen. */
  readonly faults: readonly { readonly name: string; readonly everyMs: number }[]
}

/** Time in peace at the end of every run. */
export const CALM_MS = 120_000

/**
 * Swarm testing: a run with a random half of the fault kinds reaches states that a run with all of them does not.
 * Source: Groce et al., "Swarm Testing" (ISSTA 2012).
 */
export function drawScenario(seed: number, faultNames: readonly string[]): Scenario {
  const random = randomStream(seed, 'scenario')
  const share = pick(random, [0.15, 0.3, 0.5]) ?? 0.3
  return {
    seed,
    controllers: pick(random, [1, 2, 3, 3, 3]) ?? 3,
    nodes: between(random, 2, 6),
    zones: between(random, 1, 3),
    capacity: { cpuMillis: 4_000, memoryBytes: 4 * 2 ** 30, taskSlots: between(random, 4, 8) },
    drifts: chance(random, 0.3),
    activeMs: 30_000,
    submitEveryMs: pick(random, [300, 800, 2_000]) ?? 800,
    operateEveryMs: pick(random, [2_000, 5_000, 15_000]) ?? 5_000,
    faults: faultNames
      .filter(() => chance(random, share))
      .map((name) => ({ name, everyMs: between(random, 2_000, 15_000) })),
  }
}

const FOCUS_EVERY_MS = 4_000

/** The same cluster, under these faults only but often, and always with somebody to fail over to. */
export function focusOn(scenario: Scenario, faultNames: readonly string[]): Scenario {
  return {
    ...scenario,
    controllers: 3,
    nodes: 6,
    submitEveryMs: 300,
    faults: faultNames.map((name) => ({ name, everyMs: FOCUS_EVERY_MS })),
  }
}
