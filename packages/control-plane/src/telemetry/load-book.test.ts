import type { ControllerId, LoadSample, NodeId } from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import { createVirtualWorld } from '../test-bench/virtual-world.ts'
import { createLoadBook } from './load-book.ts'

const nodeId = 'n1' as NodeId
const c1 = 'c1' as ControllerId

function sample(cpuShare: number): LoadSample {
  return {
    cpuShare,
    memoryBytesUsed: 25,
    memoryBytesTotal: 100,
    diskBytesUsed: null,
    diskBytesTotal: null,
    diskReadBytesPerSecond: null,
    diskWriteBytesPerSecond: 7,
    networkReceivedBytesPerSecond: 1_000,
    networkSentBytesPerSecond: null,
    loadAverage: [0.5, 0.4, 0.3],
    tasksRunning: 3,
    eventLoopLagMs: 0,
  }
}

function bench() {
  const world = createVirtualWorld()
  const { clock } = world.process('c1').platform
  return { world, clock, book: createLoadBook(clock, () => 1_000) }
}

describe('the load book', () => {
  it('averages over 30 s: one busy second moves it a little, a busy minute nearly all the way', async () => {
    const { world, book } = bench()
    book.record(nodeId, sample(0), c1, 0)
    await world.run(1_000)
    book.record(nodeId, sample(1), c1, 0)
    expect(book.get(nodeId)?.cpuShareAverage).toBeCloseTo(1 - Math.exp(-1 / 30), 6)
    for (let second = 0; second < 60; second++) {
      await world.run(1_000)
      book.record(nodeId, sample(1), c1, 0)
    }
    expect(book.get(nodeId)?.cpuShareAverage).toBeGreaterThan(0.85)
    expect(book.get(nodeId)?.memoryShareAverage).toBe(0.25)
  })

  it('names only the nodes that changed since a mark', () => {
    const { book } = bench()
    book.record(nodeId, sample(0), c1, 0)
    const first = book.changedSince(0)
    expect(first.nodeIds).toEqual([nodeId])
    book.record('n2' as NodeId, sample(0), c1, 0)
    expect(book.changedSince(first.mark).nodeIds).toEqual(['n2'])
  })

  it('keeps the newer of two beats, whichever arrives last', async () => {
    const { world, book } = bench()
    await world.run(5_000)
    book.record(nodeId, sample(0.9), c1, 100)
    book.record(nodeId, sample(0.1), 'c2' as ControllerId, 3_000)
    expect(book.get(nodeId)).toMatchObject({ controllerId: 'c1', load: { cpuShare: 0.9 } })
  })

  it('fills the second between two beats and leaves a silence empty', async () => {
    const { world, clock, book } = bench()
    const beganMs = clock.unixMs()
    book.record(nodeId, sample(0.25), c1, 0)
    await world.run(2_000)
    book.record(nodeId, sample(0.5), c1, 0)
    await world.run(10_000)
    book.record(nodeId, sample(0.75), c1, 0)
    const history = book.history(nodeId, beganMs)
    expect(history?.atMs[0]).toBe(beganMs)
    expect(history?.cpuShare).toEqual([0.25, 0.5, 0.5, ...Array(9).fill(null), 0.75])
    expect(history?.diskShare.every((value) => value === null)).toBe(true)
    expect(history?.diskBytesPerSecond[0]).toBe(7)
  })

  it('keeps 15 minutes and answers from any moment in them', async () => {
    const { world, clock, book } = bench()
    for (let second = 0; second < 1_000; second++) {
      book.record(nodeId, sample((second % 4) / 4), c1, 0)
      await world.run(1_000)
    }
    expect(book.history(nodeId, 0)?.atMs).toHaveLength(900)
    expect(book.history(nodeId, clock.unixMs() - 10_000)?.cpuShare).toHaveLength(10)
    expect(book.history('n9' as NodeId, 0)).toBeUndefined()
  })
})
