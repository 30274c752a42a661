import { runSeed } from './run-seed.ts'

export type SeedReport = {
  readonly seed: number
  readonly events: number
  /** One line each, with the invariant's name. */
  readonly violations: readonly string[]
}

/** Every so many seeds one runs twice: both runs must be the same to the last event. */
const TWICE_EVERY = 100

/** Runs seeds one after the other, and tells of each. */
export async function runRange(seeds: readonly number[], onReport: (report: SeedReport) => void): Promise<void> {
  for (const seed of seeds) {
    const run = await runSeed(seed)
    const violations = run.violations.map(({ invariant, sentence }) => `${invariant}: ${sentence}`)
    if (seed % TWICE_EVERY === 1) {
      const again = await runSeed(seed)
      if (again.hash !== run.hash) violations.push(`determinism: two runs differ, ${run.hash} and ${again.hash}`)
    }
    onReport({ seed, events: run.events, violations })
  }
}
