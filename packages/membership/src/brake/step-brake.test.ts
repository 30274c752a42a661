import { defaultTimings, type MonotonicMs, type NodeHealth, type NodeId } from '@quarterdeck/domain'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BrakeMember, freeBrake, stepBrake } from './step-brake.ts'

const now = 100_000
const at = (nowMs = now, released = false) => ({ nowMs: nowMs as MonotonicMs, timings: defaultTimings, released })

describe('stepBrake', () => {
  it('holds when more than half of a zone falls silent at once', () => {
    const members = [
      ...nodes(2, { zone: 'eu-1', silentForMs: 3_000 }),
      ...nodes(1, { zone: 'eu-1' }),
      ...nodes(20, { zone: 'eu-2' }),
    ]
    const { held } = stepBrake(freeBrake, members, at())
    expect(held?.zone).toBe('eu-1')
    expect(held?.reason).toContain('2 of 3 nodes in zone eu-1 fell silent within 10 s')
  })

  it('holds when a third of the cluster falls silent, spread over its zones', () => {
    const members = ['a', 'b', 'c', 'd'].flatMap((zone) => [
      ...nodes(1, { zone, silentForMs: 1_000 }),
      ...nodes(2, { zone }),
    ])
    expect(stepBrake(freeBrake, members, at()).held).toMatchObject({
      zone: null,
      reason: expect.stringContaining('4 of 12 nodes'),
    })
  })

  it('takes a single node for what it is, however small the cluster', () => {
    const members = [...nodes(1, { silentForMs: 1_000 }), ...nodes(1, {})]
    expect(stepBrake(freeBrake, members, at()).held).toBeNull()
  })

  it('does not hold for nodes that fell silent one after the other', () => {
    const members = [...nodes(1, { silentForMs: 1_000 }), ...nodes(3, { silentForMs: 15_000 }), ...nodes(4, {})]
    expect(stepBrake(freeBrake, members, at()).held).toBeNull()
  })

  it('counts nodes that are known to be down neither among the silent nor among the cluster', () => {
    const down = nodes(30, { health: 'down', silentForMs: 1_000 })
    expect(stepBrake(freeBrake, [...down, ...nodes(3, {})], at()).held).toBeNull()
    expect(
      stepBrake(freeBrake, [...down, ...nodes(2, { silentForMs: 1_000 }), ...nodes(2, {})], at()).held,
    ).not.toBeNull()
  })

  it('keeps holding for as long as they are silent, far beyond the window', () => {
    const silent = [...nodes(3, { silentForMs: 1_000 }), ...nodes(2, {})]
    const held = stepBrake(freeBrake, silent, at())
    expect(stepBrake(held, silent, at(now + 3_600_000))).toBe(held)
  })

  it('lets go when they answer', () => {
    const held = stepBrake(freeBrake, [...nodes(3, { silentForMs: 1_000 }), ...nodes(2, {})], at())
    expect(stepBrake(held, [...nodes(1, { silentForMs: 1_000 }), ...nodes(4, {})], at()).held).toBeNull()
  })

  it('lets go when an operator releases it, and does not hold again while released', () => {
    const silent = [...nodes(3, { silentForMs: 1_000 }), ...nodes(2, {})]
    expect(stepBrake(stepBrake(freeBrake, silent, at()), silent, at(now, true)).held).toBeNull()
  })

  it('settles: with the same nodes at the same moment a second look changes nothing', () => {
    const arbitrary = fc.record({
      zone: fc.constantFrom('a', 'b'),
      silentForMs: fc.option(fc.nat(20_000), { nil: undefined }),
      health: fc.constantFrom<NodeHealth>('ready', 'suspect', 'down'),
    })
    fc.assert(
      fc.property(fc.array(arbitrary, { maxLength: 20 }), (shapes) => {
        const members = shapes.flatMap((shape) => nodes(1, shape))
        const once = stepBrake(freeBrake, members, at())
        expect(stepBrake(once, members, at()).held === null).toBe(once.held === null)
      }),
    )
  })
})

function nodes(
  count: number,
  { zone = 'eu-1', silentForMs, health }: { zone?: string; silentForMs?: number | undefined; health?: NodeHealth },
): BrakeMember[] {
  return Array.from({ length: count }, (_, index) => ({
    nodeId: `n${index}` as NodeId,
    zone,
    health: health ?? (silentForMs === undefined ? 'ready' : 'suspect'),
    silentSinceMs: silentForMs === undefined ? null : ((now - silentForMs) as MonotonicMs),
  }))
}
