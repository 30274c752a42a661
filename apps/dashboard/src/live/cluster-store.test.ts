import { type NodeRow, packColumns, packLoad, type StreamFrame, type TaskRow } from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import { ClusterStore } from './cluster-store.ts'

const node = (id: string, more: object = {}) =>
  ({ id, slot: Number(id.at(-1)), status: 'ready', health: 'ready', ...more }) as unknown as NodeRow
const task = (id: string, more: object = {}) =>
  ({ id, name: id, state: 'running', endedAtMs: null, sinceMs: 0, ...more }) as unknown as TaskRow
const hello: StreamFrame = {
  t: 'hello',
  serverMs: 1,
  controllerId: 'c1',
  version: '1',
  clusterName: 'lab',
  user: { id: 'ana', role: 'admin' },
  reset: true,
}
type Rows = { readonly nodes?: readonly NodeRow[]; readonly tasks?: readonly TaskRow[] }
const snapshot = (
  { nodes, tasks, ...part }: Rows & { readonly [field: string]: unknown },
  more: { sent?: number; last?: boolean } = {},
): StreamFrame => ({
  t: 'snapshot',
  serverMs: 1,
  total: 4,
  sent: more.sent ?? 4,
  last: more.last ?? true,
  ...part,
  ...(nodes ? { nodes: packColumns(nodes) } : {}),
  ...(tasks ? { tasks: packColumns(tasks) } : {}),
})
const state = (part: object, revision = 2): StreamFrame => ({ t: 'state', serverMs: 2, revision, ...part })

function watch(store: ClusterStore, key: string): () => number {
  let calls = 0
  store.subscribe(key, () => calls++)
  return () => calls
}

describe('the live store', () => {
  it('shows nothing of a snapshot before its last part, and says how far it is', () => {
    const store = new ClusterStore()
    store.apply([hello, snapshot({ nodes: [node('web-1')] }, { sent: 1, last: false })])
    expect(store.nodes.size).toBe(0)
    expect(store.complete).toBe(false)
    expect(store.catchingUp).toEqual({ sent: 1, total: 4 })

    store.apply([snapshot({ nodes: [node('web-2')] })])
    expect([...store.nodes.keys()]).toEqual(['web-1', 'web-2'])
    expect(store.complete).toBe(true)
    expect(store.catchingUp).toBeNull()
  })

  it('takes a later snapshot as a difference: what is not in it is gone', () => {
    const store = new ClusterStore()
    store.apply([hello, snapshot({ nodes: [node('web-1'), node('web-2')], tasks: [task('t1')] })])
    const gone = watch(store, 'node:web-1')
    store.apply([hello, snapshot({ nodes: [node('web-2')], tasks: [] })])
    expect([...store.nodes.keys()]).toEqual(['web-2'])
    expect(store.tasks.size).toBe(0)
    expect(gone()).toBe(1)
  })

  it('wakes only the readers of what changed, once for a whole batch', () => {
    const store = new ClusterStore()
    store.apply([hello, snapshot({ nodes: [node('web-1'), node('web-2')] })])
    const [one, two, all, tasks] = ['node:web-1', 'node:web-2', 'nodes', 'tasks'].map((key) => watch(store, key))
    store.apply([
      state({ nodes: [node('web-1', { status: 'suspect' })] }),
      state({ nodes: [node('web-1', { status: 'down' })] }),
    ])
    expect([one?.(), two?.(), all?.(), tasks?.()]).toEqual([1, 0, 1, 0])
  })

  it('counts statuses as rows come, change and go', () => {
    const store = new ClusterStore()
    store.apply([hello, snapshot({ nodes: [node('web-1'), node('web-2')] })])
    store.apply([state({ nodes: [node('web-1', { status: 'down' })] })])
    expect([store.countOf('ready'), store.countOf('down')]).toEqual([1, 1])
    store.apply([state({ nodesGone: ['web-1'] })])
    expect([store.countOf('ready'), store.countOf('down')]).toEqual([1, 0])
  })

  it('does not move while it is paused, counts what waits, and takes all of it in one pass', () => {
    const store = new ClusterStore()
    store.apply([hello, snapshot({ nodes: [node('web-1'), node('web-2')] })])
    const all = watch(store, 'nodes')
    store.pause(5)
    store.apply([state({ nodes: [node('web-1', { status: 'suspect' }), node('web-2', { status: 'down' })] })])
    store.apply([state({ nodes: [node('web-1', { status: 'down' })] }), state({ nodesGone: ['web-2'] })])
    expect(store.nodes.get('web-1')?.status).toBe('ready')
    expect(store.changesWaiting).toBe(4)
    expect(all()).toBe(0)

    store.resume()
    expect(store.nodes.get('web-1')?.status).toBe('down')
    expect(store.nodes.has('web-2')).toBe(false)
    expect(store.changesWaiting).toBe(0)
    expect(all()).toBe(1)
  })

  it('keeps each event once, newest first', () => {
    const store = new ClusterStore()
    const event = (revision: number) => ({
      id: `${revision}.0`,
      revision,
      atMs: revision,
      type: 'node.ready',
      text: '',
      severity: 'info',
    })
    store.apply([hello, snapshot({ events: [event(1), event(2)] })])
    store.apply([state({ events: [event(2), event(3)] })])
    expect(store.events.map((each) => each.revision)).toEqual([3, 2, 1])
  })

  it('reads packed loads by slot, and a silence becomes a gap in the trend', () => {
    const store = new ClusterStore()
    const load = (slot: number, cpuShare: number) => ({
      slot,
      cpuShare,
      memoryShare: 0.5,
      diskShare: 0,
      networkBytesPerSecond: 0,
      loadAverage1: 1,
      tasksRunning: 2,
      beatAgeMs: 100,
    })
    const frame = (serverMs: number, loads: Parameters<typeof packLoad>[0]): StreamFrame => ({
      t: 'load',
      serverMs,
      packed: packLoad(loads),
    })
    store.apply([frame(10_000, [load(7, 1), load(9, 0.5)])])
    expect(store.load.read(7)?.cpuShare).toBeCloseTo(1)
    expect(store.load.read(7)?.beatAtMs).toBe(9_900)
    expect(store.load.read(8)).toBeNull()

    // Slot 7 is not mentioned: unchanged for a while, then not measured.
    store.apply([frame(12_000, [load(9, 0.6)])])
    expect(store.load.trend(7).at(-1)).toBeCloseTo(1)
    store.apply([frame(16_000, [load(9, 0.6)])])
    expect(store.load.trend(7).at(-1)).toBeNull()
    expect(store.load.trend(9).at(-1)).toBeCloseTo(0.6, 1)
  })

  it('holds thousands of nodes', () => {
    const store = new ClusterStore()
    const loads = Array.from({ length: 3_000 }, (_, slot) => ({
      slot,
      cpuShare: (slot % 100) / 100,
      memoryShare: 0,
      diskShare: 0,
      networkBytesPerSecond: 0,
      loadAverage1: 0,
      tasksRunning: 0,
      beatAgeMs: 0,
    }))
    store.apply([{ t: 'load', serverMs: 1_000, packed: packLoad(loads) }])
    expect(store.load.read(2_999)?.cpuShare).toBeCloseTo(0.99)
    expect(store.load.trend(1_042).at(-1)).toBeCloseTo(0.42, 1)
  })
})
