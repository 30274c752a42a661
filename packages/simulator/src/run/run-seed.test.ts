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
 * It broke something once, and still does with the mutant `agent-waits-for-a-stuck-controller`. A seed's run changes with the code; one
 * that no longer shows its mistake is dropped, and what it found stays in the README.
 */
describe('seeds that found a mistake', () => {
  it.each([
    [
      2,
      ['controller-pause', 'slow-controller', 'connection-reset'],
      'agents waited 10 s for a controller that stood still, and were declared down with another one at hand',
    ],
  ])('%i with %j stays clean: %s', async (seed, focus) => {
    const { violations } = await runSeed(seed, { focus, calmMs: 60_000 })
    expect(violations).toEqual([])
  })
})
