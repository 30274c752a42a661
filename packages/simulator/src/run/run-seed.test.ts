import { describe, expect, it } from 'vitest'
import { runSeed } from './run-seed.ts'

describe('a seed', () => {
  it('gives the same run twice, to the last event', async () => {
    const first = await runSeed(2)
    const second = await runSeed(2)
    expect(second.hash).toBe(first.hash)
    expect(second.events).toBe(first.events)
  })
})

/**
 * Each broke something once. A seed's run changes with the code, so besides the seed every one of these has a test of its own where
 * the mistake was, or a mutant that brings it back.
 */
describe('seeds that found a mistake', () => {
  it.each([
    [10, 'agents paused up to 15 s between dials while the control plane was away, and were then declared down'],
    [139, 'a controller cut off from the store kept its agents, which the leader declared down although they lived'],
    [
      272,
      'after a failover the store called durable what only the old primary had: an at-most-once task started twice',
    ],
    [21, 'a controller judged by the inventory of a session that was over, and started an exclusive task twice'],
    [338, 'a restarted controller took its own earlier life for a rival because the wall clock had stepped back'],
  ])('%i stays clean: %s', async (seed) => {
    const { violations } = await runSeed(seed)
    expect(violations).toEqual([])
  })
})
