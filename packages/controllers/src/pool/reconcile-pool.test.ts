import type { NodeId, PoolScaler } from '@quarterdeck/domain'
import { poolPolicySchema } from '@quarterdeck/domain'
import { at } from '@quarterdeck/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PoolInput, type PoolNode, reconcilePool } from './reconcile-pool.ts'

const policy = poolPolicySchema.parse({
  pool: 'gpu',
  min: 1,
  max: 5,
  url: 'https://provider.example/scale',
  upNodesMax: 2,
  downAfterMs: 10_000,
  bootMs: 60_000,
})
const scaler = (more: Partial<PoolScaler> = {}): PoolScaler => ({
  v: 1,
  id: 'gpu',
  policy,
  secret: 'a secret of sixteen',
  sequence: 0,
  request: null,
  spare: [],
  because: '',
  history: [],
  ...more,
})
const node = (id: string, more: Partial<PoolNode> = {}): PoolNode => ({
  id: id as NodeId,
  health: 'ready',
  scheduling: 'open',
  hostsController: false,
  ...more,
})
const quiet = { need: { nodes: 0, because: '' }, spare: [], brake: null }
const look = (more: Partial<PoolInput>): PoolScaler =>
  reconcilePool({ scaler: scaler(), nodes: [node('g1'), node('g2')], ...quiet, nowMs: at(1_000), ...more })
const waiting = { nodes: 7, because: '7 tasks wait for room' }

describe('a pool', () => {
  it('asks for as many nodes as the waiting tasks need, within its bounds, and once', () => {
    expect(look({ need: waiting }).request).toMatchObject({ kind: 'scale-up', state: 'asking', count: 2, id: 'gpu-1' })
    const four = ['g1', 'g2', 'g3', 'g4'].map((id) => node(id))
    expect(look({ need: waiting, nodes: four }).request).toMatchObject({ count: 1 })
    const five = [...four, node('g5')]
    expect(look({ need: waiting, nodes: five })).toMatchObject({
      request: null,
      because: '7 tasks wait for room, but it has the most that it may have: 5',
    })
    const asked = look({ need: waiting })
    expect(
      reconcilePool({ scaler: asked, nodes: [node('g1'), node('g2')], ...quiet, need: waiting, nowMs: at(2_000) }),
    ).toBe(asked)
  })

  it('below its minimum asks without anything waiting', () => {
    expect(look({ nodes: [] }).request).toMatchObject({
      kind: 'scale-up',
      count: 1,
      because: '0 nodes of at least 1 are usable',
    })
  })

  it('gives back the node that was spare longest, after a while, never below its minimum and never a controller', () => {
    const spare = ['g1', 'g2'] as NodeId[]
    const first = look({ spare })
    expect(first).toMatchObject({ request: null, spare: [{ nodeId: 'g1', sinceMs: 1_000 }, { nodeId: 'g2' }] })
    const later = look({ scaler: first, spare, nowMs: at(11_000) })
    expect(later.request).toMatchObject({ kind: 'release', nodeId: 'g1', state: 'draining' })
    expect(look({ scaler: first, spare, nodes: [node('g1')], nowMs: at(11_000) }).request).toBeNull()
    const hosting = [node('g1', { hostsController: true }), node('g2')]
    expect(look({ scaler: first, spare, nodes: hosting, nowMs: at(11_000) }).request).toMatchObject({ nodeId: 'g2' })
  })

  it('forgets that a node was spare when it no longer is', () => {
    const first = look({ spare: ['g1'] as NodeId[] })
    const busy = look({ scaler: first, spare: [] })
    expect(look({ scaler: busy, spare: ['g1'] as NodeId[], nowMs: at(20_000) }).request).toBeNull()
  })

  it('does nothing under the brake', () => {
    expect(look({ need: waiting, brake: 'half of the zone is silent' })).toMatchObject({
      request: null,
      because: 'It stays as it is: half of the zone is silent',
    })
  })

  it('is done when the nodes have joined, and says when they have not', () => {
    const asked = look({ need: waiting })
    const request = asked.request
    if (request?.kind !== 'scale-up') throw new Error('it asks for more')
    const booting = { ...asked, request: { ...request, state: 'booting' as const, acceptedAtMs: at(2_000) } }
    const four = ['g1', 'g2', 'g3', 'g4'].map((id) => node(id))
    expect(look({ scaler: booting, nodes: four, nowMs: at(9_000) })).toMatchObject({
      request: null,
      history: [{ request: 'gpu-1', isDone: true, text: '2 nodes joined' }],
    })
    expect(look({ scaler: booting, nodes: four.slice(0, 3), nowMs: at(62_000) })).toMatchObject({
      request: null,
      history: [{ isDone: false, text: '1 of 2 nodes joined within 1m' }],
    })
  })

  it('asks for a drained node to be taken, and gives up on one that was not emptied', () => {
    const spare = ['g1'] as NodeId[]
    const draining = look({ scaler: look({ spare }), spare, nowMs: at(11_000) })
    const drained = [node('g1', { scheduling: 'drained' }), node('g2')]
    expect(look({ scaler: draining, nodes: drained, nowMs: at(12_000) }).request).toMatchObject({ state: 'asking' })
    const kept = [node('g1', { scheduling: 'cordoned' }), node('g2')]
    expect(look({ scaler: draining, nodes: kept, nowMs: at(12_000) })).toMatchObject({
      request: null,
      history: [{ isDone: false, text: 'g1 was not emptied: it is cordoned' }],
    })
    expect(look({ scaler: draining, nodes: [node('g2')], nowMs: at(12_000) }).history[0]?.isDone).toBe(false)
  })

  it('looked at again at the same moment changes nothing more, whatever it saw', () => {
    const aNode = fc.record({
      id: fc.constantFrom('g1', 'g2', 'g3', 'g4'),
      health: fc.constantFrom<PoolNode['health']>('joining', 'ready', 'suspect', 'down', 'left'),
      scheduling: fc.constantFrom<PoolNode['scheduling']>('open', 'cordoned', 'draining', 'drained'),
      hostsController: fc.boolean(),
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(aNode, { selector: ({ id }) => id }),
        fc.array(
          fc.record({
            nowMs: fc.integer({ min: 0, max: 30_000 }),
            need: fc.integer({ min: 0, max: 9 }),
            spare: fc.subarray(['g1', 'g2', 'g3', 'g4']),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        (nodes, looks) => {
          let current = scaler()
          let nowMs = 0
          for (const each of looks) {
            nowMs += each.nowMs
            const input = {
              nodes: nodes.map(({ id, ...rest }) => node(id, rest)),
              need: { nodes: each.need, because: `${each.need} wait` },
              spare: each.spare as NodeId[],
              brake: null,
              nowMs: at(nowMs),
            }
            const next = reconcilePool({ scaler: current, ...input })
            const { request } = next
            if (!request) expect(next.sequence).toBe(current.sequence)
            // What ended at this moment frees the pool to decide anew; from there on it rests.
            const settled = request ? next : reconcilePool({ scaler: next, ...input })
            expect(reconcilePool({ scaler: settled, ...input })).toBe(settled)
            current = settled
          }
        },
      ),
    )
  })
})
