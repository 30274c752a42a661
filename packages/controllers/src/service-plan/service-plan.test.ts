import {
  type NodeId,
  type Operation,
  type PlanId,
  type Service,
  type ServiceActPlan,
  serviceSpecSchema,
  type Task,
} from '@quarterdeck/domain'
import { aSpec, aTask, at } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { replicaSlots } from '../service/system-slots.ts'
import { planServiceAct } from './plan-service-act.ts'
import { servicePlanDifference } from './service-plan-difference.ts'
import { slotsToChange } from './slots-to-change.ts'
import { type ServiceActOperation, trackServiceAct } from './track-service-act.ts'

const NOW = at(1_000_000)

function aService(changes: Partial<Service> = {}, update: Partial<Service['update']> = {}): Service {
  const spec = serviceSpecSchema.parse({ name: 'api', task: { driver: 'exec', exec: { command: '/bin/sleep' } } })
  const version = (number: number) => ({ version: number, task: spec.task, health: null, by: 'user:ana', atMs: at(0) })
  return {
    v: 1,
    id: spec.name,
    mode: 'replicated',
    replicas: 3,
    minAvailable: null,
    restart: spec.restart,
    update: { ...spec.update, ...update },
    specVersion: 1,
    versions: [version(2), version(1)],
    rollout: null,
    desired: 'running',
    condition: { state: 'ok', sinceMs: at(0), because: '' },
    tasksMade: 0,
    createdAtMs: at(0),
    changedAtMs: at(0),
    changedBy: 'user:ana',
    ...changes,
  }
}

const aReplica = (slot: number, specVersion = 1, changes: Partial<Task> = {}): Task =>
  aTask(aSpec(`api-${slot}-${specVersion}`), {
    state: 'running',
    nodeId: `n${slot}` as NodeId,
    attempt: 1,
    createdAtMs: at(0),
    startedAtMs: at(200),
    replica: { serviceId: 'api' as Service['id'], slot: String(slot), specVersion, restarts: 0, restartsSinceMs: null },
    ...changes,
  })
const replicas = (count: number, specVersion = 1) =>
  Array.from({ length: count }, (_, slot) => aReplica(slot, specVersion))

function planOf(before: Service, after: Service, tasks: readonly Task[], what: ServiceActPlan['what'] = 'scale') {
  return planServiceAct({
    planId: 'plan-1' as PlanId,
    what,
    basis: 'b',
    before,
    after,
    wanted: { before: before.replicas, after: after.replicas },
    change: slotsToChange(after, replicaSlots(after.replicas), tasks),
    tasks,
    placementOf: () => ({ nodeId: 'new' as NodeId, because: 'it is free' }),
    killGraceMs: 10_000,
    nowMs: NOW,
  })
}

function operationOf(plan: ServiceActPlan): ServiceActOperation {
  const actual = plan.moves.map(({ slot }) => ({ slot, fate: 'pending' as const, taskId: null, nodeId: null }))
  return {
    v: 1,
    id: 'op-1' as Operation['id'],
    kind: 'service',
    nodeIds: [],
    by: 'user:ana',
    reason: '',
    state: 'running',
    startedAtMs: NOW,
    endedAtMs: null,
    plan: null,
    service: { plan, actual },
    actual: [],
    progress: [],
  }
}

describe('the plan of an act on a service', () => {
  it('puts canaries first and then as many at a time as the policy allows', () => {
    const update = { canary: 1, maxParallel: 2 }
    const before = aService({ replicas: 6 }, update)
    const plan = planOf(before, aService({ replicas: 6, specVersion: 2 }, update), replicas(6), 'update')
    expect(plan.moves.map(({ batch }) => batch)).toEqual([1, 2, 2, 3, 3, 4])
    expect(plan.warnings).toEqual(['It waits after 1 replica until somebody resumes it.'])
  })

  it('says how far a stop-first update and a scale go below what the service needs', () => {
    const stopFirst = { order: 'stop-first', maxParallel: 2 } as const
    const before = aService({}, stopFirst)
    const plan = planOf(before, aService({ specVersion: 2 }, stopFirst), replicas(3), 'update')
    expect(plan.warnings).toEqual([
      'It drops to 1 of 3 healthy replicas in each batch, below the 2 that it needs: the old one is stopped first.',
    ])
  })

  it('tells how long it takes from first attempts alone: a later one waited for a node', () => {
    const grown = aService({ replicas: 4 })
    const [first, ...others] = replicas(3)
    const back = { ...(first as Task), attempt: 2, startedAtMs: at(2_000_000) }
    expect(planOf(aService(), grown, [back, ...others]).estimateMs).toEqual({ low: 200, high: 200 })
    expect(planOf(aService({ replicas: 1 }), aService({ replicas: 2 }), [back]).estimateMs).toBeNull()
  })

  it('makes one move for each slot that must change, whatever is there', () => {
    const numbers = fc.integer({ min: 0, max: 8 })
    fc.assert(
      fc.property(numbers, numbers, fc.constantFrom(1, 2), (has, wants, specVersion) => {
        const plan = planOf(aService({ replicas: has }), aService({ replicas: wants, specVersion }), replicas(has))
        const kept = Math.min(has, wants)
        const changed = specVersion === 1 ? 0 : kept
        expect(plan.moves).toHaveLength(Math.abs(wants - has) + changed)
        expect(plan.untouched).toBe(kept - changed)
        expect(plan.moves.length === 0 ? 0 : 1).toBe(Math.min(1, plan.batches))
      }),
    )
  })
})

describe('what became of a plan', () => {
  it('is written once, and is done when every slot is as it was planned', () => {
    const after = aService({ replicas: 2 })
    const operation = operationOf(planOf(aService({ replicas: 1 }), after, replicas(1)))
    const slots = new Set(replicaSlots(2))
    expect(trackServiceAct(operation, { service: after, slots, tasks: replicas(1), nowMs: NOW })).toBeNull()

    const fresh = aReplica(1, 1, { createdAtMs: at(1_000_100), state: 'assigned', startedAtMs: null })
    const tasks = [...replicas(1), fresh]
    const begun = trackServiceAct(operation, { service: after, slots, tasks, nowMs: NOW })
    expect(begun).toMatchObject({ state: 'running', service: { actual: [{ fate: 'starting', nodeId: 'n1' }] } })
    const again = begun as ServiceActOperation
    expect(trackServiceAct(again, { service: after, slots, tasks, nowMs: NOW })).toBeNull()

    const healthy = [...replicas(1), { ...fresh, state: 'running' as const, startedAtMs: at(1_000_200) }]
    const done = trackServiceAct(again, { service: after, slots, tasks: healthy, nowMs: NOW })
    expect(done).toMatchObject({ state: 'done', endedAtMs: NOW, service: { actual: [{ fate: 'started' }] } })
  })

  it('has failed when the update went back, and is stopped when somebody asked for something else', () => {
    const after = aService({ specVersion: 2 })
    const operation = operationOf(planOf(aService(), after, replicas(3), 'update'))
    const around = { slots: new Set(replicaSlots(3)), tasks: replicas(3), nowMs: NOW }
    expect(trackServiceAct(operation, { ...around, service: aService() })?.state).toBe('stopped')
    const reverted = aService({
      rollout: {
        fromVersion: 2,
        toVersion: 1,
        state: 'running',
        kind: 'revert',
        startedAtMs: NOW,
        sinceMs: NOW,
        because: '',
        promoted: true,
      },
    })
    expect(trackServiceAct(operation, { ...around, service: reverted })?.state).toBe('failed')
    expect(trackServiceAct(operation, { ...around, service: undefined })?.state).toBe('stopped')
  })
})

describe('the difference of two plans', () => {
  const open = () => ({ health: 'ready', scheduling: 'open' }) as const

  it('is none when nothing moved, though loads did', () => {
    const plan = planOf(aService({ replicas: 1 }), aService(), replicas(1))
    const elsewhere = { ...plan, moves: plan.moves.map((move) => ({ ...move, toNodeId: 'n9' as NodeId })) }
    expect(servicePlanDifference(plan, elsewhere, open)).toBeNull()
  })

  it.each([
    [
      'another replica on another node',
      [aReplica(0), aReplica(1, 1, { nodeId: 'n7' as NodeId })],
      /was on n1 and is on n7/,
    ],
    ['one replica fewer', [aReplica(0)], /Replica 1: the plan said "replaced", now it would be "started"/],
  ])('names %s', (_, tasks, sentence) => {
    const two = (specVersion: number) => aService({ replicas: 2, specVersion })
    const plan = planOf(two(1), two(2), replicas(2), 'update')
    expect(servicePlanDifference(plan, planOf(two(1), two(2), tasks, 'update'), open)).toMatch(sentence)
  })

  it('names a receiver that takes no work any more', () => {
    const plan = planOf(aService({ replicas: 1 }), aService(), replicas(1))
    expect(servicePlanDifference(plan, plan, () => ({ health: 'down', scheduling: 'open' }))).toBe(
      'new, which was to receive replicas, is down.',
    )
  })
})
