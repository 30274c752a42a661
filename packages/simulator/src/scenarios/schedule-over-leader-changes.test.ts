import { describe, expect, it } from 'vitest'
import { runOverLeaderChanges } from './schedule-over-leader-changes.ts'

/** A part of the measured run goes with every test run: `docs/schedules.md`. */
const CHANGES = Number(process.env.QD_SIM_LEADER_CHANGES ?? 40)

const SEED = Number(process.env.QD_SIM_SEED ?? 11)

describe('a schedule over simulated changes of the leader', () => {
  it(`has exactly one run per due time over ${CHANGES} of them`, { timeout: 1_800_000 }, async () => {
    const run = await runOverLeaderChanges(SEED, CHANGES)
    expect(run.changes).toBeGreaterThanOrEqual(CHANGES)
    expect(run.dueTimes).toBeGreaterThan(CHANGES / 2)
    expect(run).toMatchObject({ lost: [], doubled: [], notStarted: [], started: run.dueTimes })
  })
})
