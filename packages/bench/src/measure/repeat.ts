import { calibrate, hasDrifted } from './calibration.ts'

export type Repeated<Sample> = {
  /** The good runs; when there was none, all runs, which then are bounds and no measurement. */
  readonly samples: readonly Sample[]
  readonly kept: number
  readonly discarded: number
}

export const boundsNote =
  'No run was calm: these are all runs, thrown away ones included. Read times as bounds, and only ratios as findings.'

/**
 * Runs `once` until `wanted` runs are good: a run during which the machine's speed moved too much is thrown away and counted. Gives up
 * after three times as many tries, with what it has.
 */
export async function repeat<Sample>(
  wanted: number,
  once: (index: number) => Promise<Sample>,
  say: (text: string) => void,
): Promise<Repeated<Sample>> {
  const kept: Sample[] = []
  const all: Sample[] = []
  let discarded = 0
  while (kept.length < wanted && kept.length + discarded < wanted * 3) {
    const before = calibrate()
    const sample = await once(kept.length + discarded)
    const after = calibrate()
    all.push(sample)
    if (hasDrifted(before, after)) {
      discarded++
      say(`run thrown away: the fixed work took ${before.toFixed(0)} ms before and ${after.toFixed(0)} ms after`)
    } else kept.push(sample)
  }
  return { samples: kept.length > 0 ? kept : all, kept: kept.length, discarded }
}
