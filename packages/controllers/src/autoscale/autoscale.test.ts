import {
  type AutoscalePolicyInput,
  type Autoscaler,
  autoscalePolicySchema,
  autoscalerSchema,
  type ServiceId,
  type UnixMs,
} from '@quarterdeck/domain'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Measure } from './read-metric.ts'
import { reconcileAutoscale } from './reconcile-autoscale.ts'

const serviceId = 'web' as ServiceId
const START_MS = 1_000_000

function policyOf(more: Partial<AutoscalePolicyInput> = {}) {
  return autoscalePolicySchema.parse({ max: 20, metrics: [{ kind: 'cpu' }], ...more })
}
const cpu = (...shares: (number | null)[]): Measure => ({
  kind: 'per-replica',
  shares,
  unknownBecause: 'no replica is measured',
})
const total = (value: number | null): Measure => ({ kind: 'total', value, unknownBecause: 'nobody told it' })

/** Looks again and again, one interval apart; gives the replicas after each look. */
function looks(policy: ReturnType<typeof policyOf>, replicas: number, measures: readonly (readonly Measure[])[]) {
  let memory: Autoscaler | undefined
  let now = replicas
  return measures.map((each, index) => {
    const nowMs = (START_MS + index * policy.everyMs) as UnixMs
    const step = reconcileAutoscale({ serviceId, policy, replicas: now, memory, measures: each, nowMs })
    now = step?.replicas ?? now
    memory = step?.memory ?? memory
    return { replicas: now, decision: memory?.decisions[0], memory }
  })
}
const lookOnce = (policy: ReturnType<typeof policyOf>, replicas: number, ...measures: Measure[]) =>
  looks(policy, replicas, [measures])[0]

describe('the number of replicas of an autoscaled service', () => {
  it('follows the formula: replicas x value / target, rounded up', () => {
    expect(lookOnce(policyOf(), 4, cpu(1.05, 1.05, 1.05, 1.05))?.replicas).toBe(6)
    expect(
      lookOnce(policyOf({ metrics: [{ kind: 'queue', job: 'resize', perReplica: 10 }] }), 1, total(45))?.replicas,
    ).toBe(5)
  })

  it('stays while the measure is off its target by no more than the tolerance', () => {
    const found = lookOnce(policyOf(), 4, cpu(0.76, 0.76, 0.76, 0.76))
    expect(found).toMatchObject({ replicas: 4, decision: { act: 'keep', rule: 'tolerance' } })
  })

  it('takes the most that any metric wants', () => {
    const policy = policyOf({ metrics: [{ kind: 'cpu' }, { kind: 'queue', job: 'resize', perReplica: 1 }] })
    expect(lookOnce(policy, 2, cpu(0.1, 0.1), total(5))?.replicas).toBe(5)
  })

  it('does not shrink while one of its metrics cannot be told, and may still grow', () => {
    const policy = policyOf({
      metrics: [{ kind: 'cpu' }, { kind: 'metric', name: 'rps', perReplica: 10 }],
      down: { stabiliseMs: 0 },
    })
    expect(lookOnce(policy, 4, cpu(0.1, 0.1, 0.1, 0.1), total(null))).toMatchObject({
      replicas: 4,
      decision: { rule: 'unknown', because: expect.stringContaining('nobody told it') },
    })
    expect(lookOnce(policy, 4, cpu(1.4, 1.4, 1.4, 1.4), total(null))?.replicas).toBe(8)
  })

  it('takes replicas that are not measured for idle when the others ask for more', () => {
    expect(lookOnce(policyOf(), 2, cpu(1.4, null))?.replicas).toBe(2)
    expect(lookOnce(policyOf({ down: { stabiliseMs: 0 } }), 2, cpu(0.1, null))?.replicas).toBe(2)
  })

  it('shrinks only when nothing within the window asked for more', () => {
    const policy = policyOf({ everyMs: 60_000, down: { stabiliseMs: 120_000 } })
    const idle = [cpu(0.1, 0.1, 0.1, 0.1)]
    const found = looks(policy, 4, [[cpu(0.7, 0.7, 0.7, 0.7)], idle, idle, idle])
    expect(found.map(({ replicas }) => replicas)).toEqual([4, 4, 4, 1])
    expect(found[1]?.decision).toMatchObject({ act: 'keep', rule: 'stabilise' })
  })

  it('takes no more at once than its rate limit allows, and says so', () => {
    const policy = policyOf({
      max: 100,
      metrics: [{ kind: 'queue', job: 'resize', perReplica: 1 }],
      up: { replicasMax: 3, percentMax: 50, periodMs: 30_000 },
    })
    const found = looks(policy, 2, [[total(90)], [total(90)], [total(90)]])
    expect(found.map(({ replicas }) => replicas)).toEqual([5, 5, 8])
    expect(found[0]?.decision).toMatchObject({ act: 'up', rule: 'rate', to: 5 })
    expect(found[1]?.decision).toMatchObject({ act: 'keep', rule: 'rate' })
  })

  it('goes back between its bounds whatever is measured', () => {
    expect(lookOnce(policyOf({ min: 3 }), 1, cpu(null))?.replicas).toBe(3)
    expect(lookOnce(policyOf({ max: 5 }), 9, cpu(null))?.replicas).toBe(5)
  })

  it('may go to none and come back where a queue decides', () => {
    const policy = policyOf({ min: 0, metrics: [{ kind: 'queue', job: 'resize' }], down: { stabiliseMs: 0 } })
    expect(looks(policy, 1, [[total(0)], [total(3)]]).map(({ replicas }) => replicas)).toEqual([0, 3])
  })

  it('makes looks that keep the number for the same reason one decision', () => {
    const found = looks(policyOf(), 1, [[cpu(0.7)], [cpu(0.71)], [cpu(0.69)]])
    expect(found[2]?.memory?.decisions).toHaveLength(1)
    expect(found[2]?.decision).toMatchObject({ sinceMs: START_MS, atMs: START_MS + 30_000 })
  })
})

const aPolicy = fc
  .record({
    min: fc.integer({ min: 1, max: 10 }),
    span: fc.integer({ min: 0, max: 30 }),
    tolerancePercent: fc.integer({ min: 0, max: 50 }),
    upMs: fc.integer({ min: 0, max: 60_000 }),
    downMs: fc.integer({ min: 0, max: 60_000 }),
    replicasMax: fc.integer({ min: 1, max: 10 }),
    percentMax: fc.integer({ min: 1, max: 200 }),
  })
  .map(({ min, span, tolerancePercent, upMs, downMs, replicasMax, percentMax }) =>
    policyOf({
      min,
      max: min + span,
      tolerancePercent,
      metrics: [{ kind: 'cpu' }, { kind: 'metric', name: 'rps', perReplica: 7 }],
      up: { stabiliseMs: upMs, replicasMax, percentMax },
      down: { stabiliseMs: downMs, replicasMax, percentMax },
    }),
  )
const aMeasure = fc.tuple(
  fc.array(fc.option(fc.double({ min: 0, max: 4, noNaN: true })), { maxLength: 12 }).map((shares) => cpu(...shares)),
  fc.option(fc.double({ min: 0, max: 500, noNaN: true })).map(total),
)

describe('autoscaling, whatever is measured', () => {
  it('never leaves min and max, and remembers only what its schema allows', () => {
    fc.assert(
      fc.property(
        aPolicy,
        fc.integer({ min: 0, max: 60 }),
        fc.array(aMeasure, { maxLength: 20 }),
        (policy, replicas, each) => {
          for (const found of looks(policy, replicas, each)) {
            expect(found.replicas).toBeGreaterThanOrEqual(policy.min)
            expect(found.replicas).toBeLessThanOrEqual(policy.max)
            expect(autoscalerSchema.safeParse(found.memory).success).toBe(true)
          }
        },
      ),
    )
  })

  it('decides nothing when it is asked twice', () => {
    fc.assert(
      fc.property(aPolicy, fc.integer({ min: 0, max: 60 }), aMeasure, (policy, replicas, measures) => {
        const nowMs = START_MS as UnixMs
        const input = { serviceId, policy, measures, nowMs }
        const first = reconcileAutoscale({ ...input, replicas, memory: undefined })
        expect(first).not.toBeNull()
        if (first) expect(reconcileAutoscale({ ...input, ...first })).toBeNull()
      }),
    )
  })

  it('does not flap on noise within its tolerance', () => {
    const noise = fc.array(fc.double({ min: 0.91, max: 1.09, noNaN: true }), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(noise, { minLength: 1, maxLength: 20 }), (each) => {
        const policy = policyOf({ down: { stabiliseMs: 0 } })
        const measures = each.map((shares) => [cpu(...shares.map((share) => share * 0.7))])
        expect(looks(policy, 4, measures).every(({ replicas }) => replicas === 4)).toBe(true)
      }),
    )
  })
})
