import type { ControllerId, NodeId, PlannedAct, PlannedLoss, UnixMs } from '@quarterdeck/domain'
import { aNode } from '@quarterdeck/testkit'
import { describe, expect, it } from 'vitest'
import { planAct } from './plan-act.ts'
import { type NodeRoom, roomOf } from './room.ts'

const GIB = 2 ** 30
const id = (text: string) => text as NodeId
const nothingLost: PlannedLoss = {
  nodeIds: [],
  revision: 1,
  computedAtMs: 1 as UnixMs,
  moves: [],
  counts: { move: 0, wait: 0, nowhere: 0 },
  busiest: null,
  warnings: [],
}

function rooms(...free: readonly number[]): NodeRoom[] {
  return free.map((cpuMillisFree, index) => ({
    node: aNode(`n${index}`),
    cpuMillisFree,
    memoryBytesFree: GIB,
    taskSlotsFree: 4,
  }))
}

function ask(act: PlannedAct, nodes: readonly NodeRoom[], hosts: readonly (string | null)[], leader = 0) {
  const nodeIds = [id('n0')]
  return planAct({
    act,
    nodeIds,
    room: { before: roomOf(nodes), after: roomOf(nodes, new Set(nodeIds)) },
    loss: nothingLost,
    controllers: hosts.map((host, index) => ({
      id: `c${index}` as ControllerId,
      nodeId: host === null ? null : id(host),
      leads: index === leader,
    })),
    nowMs: 1 as UnixMs,
  })
}

describe('the plan of an act', () => {
  it('says of a cordon what capacity is left, and that the largest task shrinks', () => {
    const { room, sentences } = ask('cordon', rooms(3_000, 1_000), [null])
    expect(room).toMatchObject({
      before: { nodes: 2, cpuMillisFree: 4_000 },
      after: { nodes: 1, cpuMillisFree: 1_000 },
    })
    expect(sentences.map(({ tone, text }) => `${tone} ${text}`)).toEqual([
      'warn The largest task that still finds a node would shrink to 1 CPU or 1 GiB (now 3 CPU or 1 GiB).',
      'info Left for new work: 1 node with 1 CPU, 1 GiB and 4 task slots free (now 2 nodes with 4 CPU, 2 GiB and 8 task slots free).',
      'info No task runs there.',
    ])
  })

  it('warns when nothing would take new work any more', () => {
    expect(ask('cordon', rooms(1_000), [null]).sentences[0]).toEqual({
      tone: 'warn',
      text: 'No node would take new work: every new task waits.',
    })
  })

  it.each([
    ['promote', [null], 2, '2 controllers: 1 of them can be lost, as long as the store lives.'],
    ['demote', [null, 'n0'], 1, 'One controller: there is no failover. None can be lost.'],
    ['demote', ['n0'], 0, 'No controller would be left: nobody would lead.'],
  ] as const)('says of %s with controllers on %j how many can then be lost', (act, hosts, after, text) => {
    const preview = ask(act, rooms(1_000), hosts, -1)
    expect(preview.controllers).toEqual({ before: hosts.length, after })
    expect(preview.sentences.map((sentence) => sentence.text)).toContain(text)
  })

  it('names the heir when the leader is demoted', () => {
    expect(ask('demote', rooms(1_000), ['n0', null]).sentences.map(({ text }) => text)).toContain(
      'c0 leads: leadership goes to c1 first.',
    )
  })

  it('names the heir, so that a confirm can hold it to that', () => {
    expect(ask('demote', rooms(1_000), ['n0', null]).handover).toEqual({ from: 'c0', to: 'c1' })
    expect(ask('demote', rooms(1_000), ['n0', null], 1).handover).toBeNull()
  })

  it('counts nothing of nodes that take no work, and nothing below zero', () => {
    const closed = { ...rooms(2_000)[0], node: aNode('closed', { scheduling: 'cordoned' }) } as NodeRoom
    expect(roomOf([closed, ...rooms(-500, 700)])).toMatchObject({ nodes: 2, cpuMillisFree: 700, cpuMillisLargest: 700 })
  })
})
