import type { Node, NodeId, TaskSpec } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { aNode, aSpec, aTask, at } from '@quarterdeck/testkit'
import { describe, expect, it } from 'vitest'
import { ClusterSnapshot } from '../cluster-snapshot.ts'
import { explain, obstacleOn } from '../explain.ts'
import { plan } from '../plan.ts'
import { apartOf } from './ties.ts'

const context = { random: seededRandom(1), nowMs: at(1_000) }

function snapshotOf(nodes: readonly Node[], running: readonly (readonly [TaskSpec, string])[] = []): ClusterSnapshot {
  const snapshot = new ClusterSnapshot()
  for (const node of nodes) snapshot.upsertNode(node, 1)
  for (const [spec, nodeId] of running)
    snapshot.placeTask({ ...aTask(spec), nodeId: nodeId as NodeId, apart: apartOf(spec) })
  snapshot.complete = true
  return snapshot
}

function made(
  nodes: readonly Node[],
  specs: readonly TaskSpec[],
  running: readonly (readonly [TaskSpec, string])[] = [],
) {
  const pending = specs.map((spec) => ({ spec, task: aTask(spec) }))
  const { placements, refusals } = plan(snapshotOf(nodes, running), pending, context)
  return {
    placed: placements.map(({ taskId, nodeId }) => `${taskId} ${nodeId}`).sort(),
    because: placements.map(({ decision }) => decision.because),
    refused: refusals.map(({ taskId, decision }) => `${taskId}: ${decision.because}`),
    wouldFit: refusals.map(({ decision }) => decision.wouldFit),
  }
}

const job = (id: string, more: Partial<TaskSpec> = {}) => aSpec(id, { name: 'job', ...more })
const cache = (id: string, more: Partial<TaskSpec> = {}) => aSpec(id, { name: 'cache', ...more })
const four = [
  aNode('a1', { zone: 'a' }),
  aNode('a2', { zone: 'a' }),
  aNode('b1', { zone: 'b' }),
  aNode('b2', { zone: 'b', labels: { disk: 'ssd' } }),
]

describe('affinities', () => {
  it('choose among the nodes that meet most of the wishes, and say so', () => {
    const wishes = [
      { label: 'disk', operator: 'in', values: ['ssd'], weight: 50 },
      { label: 'zone', operator: 'in', values: ['a'], weight: 20 },
    ] as const
    const { placed, because } = made(four, [
      job('t1', { affinities: [...wishes].map((each) => ({ ...each, values: [...each.values] })) }),
    ])
    expect(placed).toEqual(['t1 b2'])
    expect(because[0]).toContain('1 of 4 eligible nodes meets its wishes best (50)')
  })

  it('never keep a task waiting, and a negative one keeps it away while there is another node', () => {
    const away = { affinities: [{ label: 'zone', operator: 'in' as const, values: ['a'], weight: -10 }] }
    expect(made(four, [job('t1', away)]).placed[0]).toMatch(/t1 b/)
    expect(made(four.slice(0, 2), [job('t1', away)]).placed).toHaveLength(1)
  })
})

describe('task affinities', () => {
  const withCache = { taskAffinities: [{ how: 'with' as const, job: 'cache', within: 'zone' }] }

  it('put a task where a task of the other job is, within the label that they name', () => {
    const { placed } = made(four, [job('t1', withCache), job('t2', withCache)], [[cache('c1'), 'b1']])
    expect(placed.every((each) => / b\d$/.test(each))).toBe(true)
  })

  it('let a task wait while there is no such place, and say what would help', () => {
    const { refused, wouldFit } = made(four, [job('t1', withCache)])
    expect(refused).toEqual(['t1: 4 nodes: 4 not with cache'])
    expect(wouldFit[0]).toMatch(/^Would fit with a task of cache in the zone of [ab]\d\.$/)
  })

  it('let the first of a job that must be with itself go anywhere, and the others follow in the same plan', () => {
    const together = { taskAffinities: [{ how: 'with' as const, job: 'job', within: 'zone' }] }
    const { placed } = made(four, [job('t1', together), job('t2', together), job('t3', together)])
    expect(new Set(placed.map((each) => each.split(' ')[1]?.[0])).size).toBe(1)
    expect(placed).toHaveLength(3)
  })

  it('keep tasks apart, one a node, those of the same plan counted', () => {
    const apart = { taskAffinities: [{ how: 'apart' as const, job: 'job', within: 'node' }] }
    const { placed, refused } = made(
      four,
      ['t1', 't2', 't3', 't4', 't5'].map((id) => job(id, apart)),
    )
    expect(new Set(placed.map((each) => each.split(' ')[1]))).toEqual(new Set(['a1', 'a2', 'b1', 'b2']))
    expect(refused).toEqual(['t5: 4 nodes: 4 not apart from job'])
  })

  it('keep others away from a task that must be apart from them, though these never asked', () => {
    const alone = cache('c1', { taskAffinities: [{ how: 'apart', job: 'job', within: 'zone' }] })
    const { placed } = made(
      four,
      ['t1', 't2', 't3'].map((id) => job(id)),
      [[alone, 'b1']],
    )
    expect(placed.every((each) => / a\d$/.test(each))).toBe(true)
    const { refused } = made(four.slice(2), [job('t1')], [[alone, 'b1']])
    expect(refused).toEqual(['t1: 2 nodes: 2 not apart from cache'])
  })

  it('forget a task that has ended', () => {
    const alone = cache('c1', { taskAffinities: [{ how: 'apart', job: 'job', within: 'zone' }] })
    const snapshot = snapshotOf(four.slice(2), [[alone, 'b1']])
    snapshot.releaseTask(alone.id)
    const spec = job('t1')
    expect(plan(snapshot, [{ spec, task: aTask(spec) }], context).placements).toHaveLength(1)
  })

  it('as wishes go to the best place there is', () => {
    const wish = { taskAffinities: [{ how: 'with' as const, job: 'cache', within: 'node', weight: 30 }] }
    expect(made(four, [job('t1', wish)], [[cache('c1'), 'b1']]).placed).toEqual(['t1 b1'])
    const apart = { taskAffinities: [{ how: 'apart' as const, job: 'job', within: 'zone', weight: 30 }] }
    const { placed } = made(four, [job('t1', apart), job('t2', apart), job('t3', apart), job('t4', apart)])
    expect(placed.filter((each) => / a\d$/.test(each))).toHaveLength(2)
  })

  it('of a node without the label: it is with nobody, and apart from all', () => {
    const within = (how: 'with' | 'apart') => ({ taskAffinities: [{ how, job: 'cache', within: 'rack' }] })
    expect(made(four, [job('t1', within('with'))], [[cache('c1'), 'b1']]).refused).toHaveLength(1)
    expect(made(four, [job('t1', within('apart'))], [[cache('c1'), 'b1']]).placed).toHaveLength(1)
  })

  it('do not count the task itself when it is asked whether it could be elsewhere', () => {
    const apart = job('t1', { taskAffinities: [{ how: 'apart', job: 'job', within: 'zone' }] })
    const snapshot = snapshotOf(four, [[apart, 'a1']])
    const task = aTask(apart, { state: 'running', nodeId: 'a1' as NodeId })
    expect(obstacleOn(snapshot, { spec: apart, task }, 'a2' as NodeId, context)).toBeNull()
    expect(explain(snapshot, { spec: apart, task }, 'a2' as NodeId, context)?.asked?.outcome).not.toBe('removed')
  })
})

describe('spreading over a label', () => {
  const over = (label: string, skewMax = 1) => ({ spreadOver: [{ label, skewMax }] })

  it('keeps the fullest value at most the skew above the emptiest', () => {
    const specs = Array.from({ length: 9 }, (_, n) => job(`t${n}`, { ...over('zone'), strategy: 'first' }))
    const { placed } = made(four, specs)
    const inA = placed.filter((each) => / a\d$/.test(each)).length
    expect(placed).toHaveLength(9)
    expect(Math.abs(inA - (9 - inA))).toBe(1)
  })

  it('waits for room in the emptiest rather than grow uneven, and says so', () => {
    const tight = { capacity: { cpuMillis: 4_000, memoryBytes: 8 * 2 ** 30, taskSlots: 1 } }
    const nodes = [aNode('a1', { zone: 'a' }), aNode('b1', { zone: 'b', ...tight })]
    const { placed, refused } = made(
      nodes,
      Array.from({ length: 4 }, (_, n) => job(`t${n}`, over('zone'))),
    )
    expect(placed).toHaveLength(3)
    expect(refused[0]).toContain('1 uneven over zone')
  })

  it('does not wait for a zone that is down, cordoned as a whole or out of the pool', () => {
    for (const change of [{ health: 'down' }, { scheduling: 'cordoned' }, { pool: 'other' }] as const) {
      const nodes = [aNode('a1', { zone: 'a' }), aNode('b1', { zone: 'b', ...change })]
      expect(
        made(
          nodes,
          Array.from({ length: 4 }, (_, n) => job(`t${n}`, over('zone'))),
        ).placed,
      ).toHaveLength(4)
    }
  })

  it('goes by any label, and leaves out nodes without it', () => {
    const nodes = [aNode('n1', { labels: { rack: 'r1' } }), aNode('n2', { labels: { rack: 'r2' } }), aNode('n3')]
    const { placed } = made(
      nodes,
      Array.from({ length: 6 }, (_, n) => job(`t${n}`, over('rack'))),
    )
    expect(placed.filter((each) => each.endsWith('n1'))).toHaveLength(3)
    expect(placed.filter((each) => each.endsWith('n2'))).toHaveLength(3)
  })

  it('as a wish is even where it can be and never waits', () => {
    const tight = { capacity: { cpuMillis: 4_000, memoryBytes: 8 * 2 ** 30, taskSlots: 1 } }
    const nodes = [aNode('a1', { zone: 'a' }), aNode('b1', { zone: 'b', ...tight })]
    const wish = { spreadOver: [{ label: 'zone', skewMax: 1, weight: 40 }] }
    expect(
      made(
        nodes,
        Array.from({ length: 4 }, (_, n) => job(`t${n}`, wish)),
      ).placed,
    ).toHaveLength(4)
  })
})

describe('plans with ties and spreads', () => {
  const labels = ['node', 'zone', 'rack'] as const

  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'seed %i: hold every rule at every step, and refuse only what fits nowhere',
    (seed) => {
      const random = seededRandom(seed)
      const pick = <T>(all: readonly T[]): T => all[Math.floor(random.next() * all.length)] as T
      const nodes = Array.from({ length: 8 }, (_, n) =>
        aNode(`n${n}`, {
          zone: pick(['a', 'b', 'c']),
          labels: random.next() < 0.8 ? { rack: pick(['r1', 'r2']) } : {},
          capacity: { cpuMillis: 4_000, memoryBytes: 2 ** 33, taskSlots: 1 + Math.floor(random.next() * 5) },
        }),
      )
      const jobs = ['x', 'y', 'z'] as const
      const rules = Object.fromEntries(
        jobs.map((name) => [
          name,
          {
            taskAffinities:
              random.next() < 0.7
                ? [{ how: pick(['with', 'apart'] as const), job: pick(jobs), within: pick(labels) }]
                : [],
            spreadOver:
              random.next() < 0.5 ? [{ label: pick(labels), skewMax: 1 + Math.floor(random.next() * 2) }] : [],
          },
        ]),
      )
      const specs = Array.from({ length: 24 }, (_, n) => {
        const name = pick(jobs)
        return aSpec(`t${String(n).padStart(2, '0')}`, {
          name,
          ...rules[name],
          strategy: pick(['least-loaded', 'spread', 'bin-pack']),
        })
      })
      const pending = specs.map((spec) => ({ spec, task: aTask(spec) }))
      const { placements, refusals } = plan(snapshotOf(nodes), pending, { random: seededRandom(seed), nowMs: at(1) })
      expect(placements.length + refusals.length).toBe(specs.length)

      const labelOf = (node: Node, label: string) =>
        label === 'node' ? node.id : label === 'zone' ? node.zone : node.labels[label]
      const held: { spec: TaskSpec; node: Node }[] = []
      const allows = (spec: TaskSpec, node: Node): boolean => {
        if (held.filter((each) => each.node === node).length >= node.capacity.taskSlots) return false
        const near = (name: string, label: string) =>
          held.some(
            (each) =>
              each.spec.name === name &&
              labelOf(node, label) !== undefined &&
              labelOf(each.node, label) === labelOf(node, label),
          )
        for (const { how, job: other, within } of spec.taskAffinities ?? []) {
          const isFirst = other === spec.name && !held.some((each) => each.spec.name === other)
          if (how === 'with' ? !near(other, within) && !isFirst : near(other, within)) return false
        }
        for (const each of held)
          for (const { how, job: other, within } of each.spec.taskAffinities ?? [])
            if (how === 'apart' && other === spec.name && near(each.spec.name, within)) return false
        for (const { label, skewMax } of spec.spreadOver ?? []) {
          const value = labelOf(node, label)
          if (value === undefined) return false
          const counts = new Map(
            nodes.flatMap((one) => (labelOf(one, label) === undefined ? [] : [[labelOf(one, label), 0]])),
          )
          for (const each of held) {
            const its = labelOf(each.node, label)
            if (each.spec.name === spec.name && its !== undefined) counts.set(its, (counts.get(its) ?? 0) + 1)
          }
          if ((counts.get(value) ?? 0) + 1 - Math.min(...counts.values()) > skewMax) return false
        }
        return true
      }
      for (const spec of specs) {
        const placement = placements.find(({ taskId }) => taskId === spec.id)
        if (!placement) {
          expect(nodes.filter((node) => allows(spec, node)).map(({ id }) => id)).toEqual([])
          continue
        }
        const node = nodes.find(({ id }) => id === placement.nodeId)
        if (!node) throw new Error('the node is one of these')
        expect([spec.id, allows(spec, node)]).toEqual([spec.id, true])
        held.push({ spec, node })
      }
    },
  )
})
