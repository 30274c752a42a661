import { describe, expect, it } from 'vitest'
import { runOverLeaderChanges } from './schedule-over-leader-changes.ts'

/** `QD_SIM_LEADER_CHANGES=1000` is the measured run; a part of it goes with every test run. */
const CHANGES = Number(process.env.QD_SIM_LEADER_CHANGES ?? 40)

describe('a schedule over simulated changes of the leader', () => {
  it(`has exactly one run per due time over ${CHANGES} of them`, { timeout: 1_800_000 }, async () => {
    const run = await runOverLeaderChanges(11, CHANGES)
    expect(run.changes).toBeGreaterThanOrEqual(CHANGES)
    expect(run.dueTimes).toBeGreaterThan(CHANGES / 2)
    expect(run).toMatchObject({ lost: [], doubled: [], notStarted: [], started: run.dueTimes })
  })
})
