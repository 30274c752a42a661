import type { Node, NodeId, Task, TaskSpec } from '@quarterdeck/domain'
import { seededRandom } from '@quarterdeck/platform'
import { aNode, aSpec, aTask, at } from '@quarterdeck/testkit'
import { describe, expect, it } from 'vitest'
import { ClusterSnapshot } from '../cluster-snapshot.ts'
import { requestOf } from '../request.ts'
import { filters } from './registry.ts'

const GIB = 2 ** 30

type Case = {
  readonly node?: Partial<Node>
  readonly spec?: Partial<TaskSpec>
  readonly task?: Partial<Task>
  readonly closed?: boolean
  /** Null: every filter lets the node pass. */
  readonly label: string | null
  readonly sentence?: string
}

const cases: Readonly<Record<string, Case>> = {
  'a ready and open node': { label: null },
  'a cordoned node': { node: { scheduling: 'cordoned' }, label: 'cordoned', sentence: 'n1 is cordoned' },
  'a suspect node': { node: { health: 'suspect' }, label: 'suspect', sentence: 'n1 is suspect' },
  'a node in quarantine': {
    node: { quarantined: 'two machines use its identity' },
    label: 'in quarantine',
    sentence: 'n1 is in quarantine: two machines use its identity',
  },
  'a node without the driver': {
    node: { facts: { ...aNode('n1').facts, drivers: ['handler'] } },
    label: 'no exec driver',
    sentence: 'n1 has no exec driver',
  },
  'a node without the handler': {
    node: { facts: { ...aNode('n1').facts, handlers: ['crop'] } },
    spec: { driver: 'handler', handler: { name: 'resize', input: null } },
    label: 'no handler resize',
    sentence: 'n1 offers no handler "resize" (offers: crop)',
  },
  'a node with the handler': {
    node: { facts: { ...aNode('n1').facts, handlers: ['resize'] } },
    spec: { driver: 'handler', handler: { name: 'resize', input: null } },
    label: null,
  },
  'a label with another value': {
    node: { labels: { disk: 'hdd' } },
    spec: { constraints: [{ label: 'disk', operator: 'in', values: ['ssd', 'nvme'] }] },
    label: 'not disk in ssd, nvme',
    sentence: 'needs disk in ssd, nvme, n1 has disk=hdd',
  },
  'a label that is missing': {
    spec: { constraints: [{ label: 'gpu', operator: 'exists', values: [] }] },
    label: 'not label gpu',
    sentence: 'needs label gpu, n1 has no label gpu',
  },
  'a label that must be missing': {
    node: { labels: { gpu: 'a100' } },
    spec: { constraints: [{ label: 'gpu', operator: 'missing', values: [] }] },
    label: 'not no label gpu',
  },
  'the built-in labels': {
    spec: {
      constraints: [
        { label: 'zone', operator: 'in', values: ['eu-1'] },
        { label: 'region', operator: 'not-in', values: ['us'] },
        { label: 'arch', operator: 'in', values: ['x64'] },
        { label: 'os', operator: 'in', values: ['linux'] },
        { label: 'node', operator: 'in', values: ['n1'] },
      ],
    },
    label: null,
  },
  'a label that pretends to be another zone': {
    node: { labels: { zone: 'us-1' } },
    spec: { constraints: [{ label: 'zone', operator: 'in', values: ['us-1'] }] },
    label: 'not zone=us-1',
  },
  'another node by name': {
    spec: { constraints: [{ label: 'node', operator: 'not-in', values: ['n1'] }] },
    label: 'not node≠n1',
  },
  'a task that asks for other nodes': {
    spec: { onNodes: ['n2' as NodeId] },
    label: 'not among the nodes asked for',
    sentence: 'n1 is not among the nodes asked for (n2)',
  },
  'a task that rules the node out': { spec: { notOnNodes: ['n1' as NodeId] }, label: 'ruled out by the task' },
  'a node that is about to be drained': { closed: true, label: 'being drained' },
  'a node that rejected the task': {
    task: {
      avoid: [{ nodeId: 'n1' as NodeId, untilMs: at(5_000), how: 'never' }],
      attempts: [
        {
          attempt: 1,
          nodeId: 'n1' as NodeId,
          outcome: 'rejected',
          assignedAtMs: at(0),
          startedAtMs: null,
          endedAtMs: at(1),
          exit: { code: null, signal: null, error: 'may not run as root', outOfMemory: false, timedOut: null },
          usage: null,
        },
      ],
    },
    label: 'rejected it before',
    sentence: 'n1 rejected it: may not run as root',
  },
  'too little memory': {
    node: { capacity: { cpuMillis: 4_000, memoryBytes: GIB / 2, taskSlots: 4 } },
    spec: { resources: { cpuMillis: 100, memoryBytes: 2 * GIB } },
    label: 'too little memory',
    sentence: 'n1 needs 2 GiB, 512 MiB free',
  },
  'too little of everything': {
    node: { capacity: { cpuMillis: 250, memoryBytes: GIB / 2, taskSlots: 4 } },
    spec: { resources: { cpuMillis: 1_000, memoryBytes: 2 * GIB } },
    label: 'too little memory',
    sentence: 'n1 needs 2 GiB, 512 MiB free; needs 1 CPU, 0.25 CPU free',
  },
}

describe('the filters', () => {
  it.each(Object.entries(cases))('answer for %s', (_what, { node, spec, task, closed, label, sentence }) => {
    const snapshot = new ClusterSnapshot()
    snapshot.upsertNode(aNode('n1', node), 1)
    const entry = snapshot.entryOf('n1' as NodeId)
    const whole = aSpec('t1', spec)
    const request = requestOf(
      { spec: whole, task: aTask(whole, task) },
      {
        random: seededRandom(1),
        nowMs: at(1_000),
        ...(closed ? { closedNodes: new Set(['n1' as NodeId]) } : {}),
      },
      snapshot,
    )
    if (!entry) throw new Error('the node is in the snapshot')
    const rejecting = filters.find(
      (filter) => filter.reach(request) !== 'nothing' && filter.reject(request, entry, snapshot.accounts) !== null,
    )
    expect(rejecting?.reject(request, entry, snapshot.accounts) ?? null).toBe(label)
    if (sentence) expect(rejecting?.explain(request, entry, snapshot.accounts)).toBe(sentence)
  })

  it('counts the last free task slot', () => {
    const snapshot = new ClusterSnapshot()
    snapshot.upsertNode(aNode('n1', { capacity: { cpuMillis: 4_000, memoryBytes: GIB, taskSlots: 1 } }), 1)
    const spec = aSpec('t1')
    snapshot.placeTask({ ...aTask(spec), nodeId: 'n1' as NodeId })
    const entry = snapshot.entryOf('n1' as NodeId)
    const request = requestOf({ spec, task: aTask(spec) }, { random: seededRandom(1), nowMs: at(0) }, snapshot)
    const resources = filters.find(({ name }) => name === 'resources')
    if (!entry || !resources) throw new Error('both exist')
    expect(resources.reject(request, entry, snapshot.accounts)).toBe('no free task slot')
    expect(resources.explain(request, entry, snapshot.accounts)).toBe('n1 has no free task slot (1 of 1 taken)')
  })
})
