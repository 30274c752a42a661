import { type Me, type StreamFrame, unpackColumns } from '@quarterdeck/domain'
import { afterEach, describe, expect, it } from 'vitest'
import { put } from '../change.ts'
import type { ControlService } from '../contract.ts'
import { newTask } from '../tasks/new-task.ts'
import { addNode, type TestCore, testCore } from '../test-bench/test-core.ts'
import { createEventsService } from './event-log.ts'
import { createSlots } from './slots.ts'
import { createLiveStream } from './stream.ts'

const me: Me = { id: 'ana', role: 'viewer', kind: 'user' }
const control = { view: () => ({ controllers: [] }) } as unknown as Pick<ControlService, 'view'>
const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

async function page(core: TestCore, { lastEventId, buffered = 0 }: { lastEventId?: string; buffered?: number } = {}) {
  const stream = streamOf(core)
  const abort = new AbortController()
  ends.push(() => abort.abort())
  const input = {
    topics: ['nodes', 'tasks', 'events'] as const,
    me,
    buffered: () => buffered,
    ...(lastEventId ? { lastEventId } : {}),
  }
  const frames = stream(input, abort.signal)[Symbol.asyncIterator]()
  let cursor = ''
  return {
    cursor: () => cursor,
    /** Frames up to and including the first that fits. */
    async until(fits: (frame: StreamFrame) => boolean): Promise<StreamFrame[]> {
      const seen: StreamFrame[] = []
      for (;;) {
        const next = await frames.next()
        if (next.done) throw new Error('the stream ended')
        cursor = next.value.cursor
        seen.push(next.value.frame)
        if (fits(next.value.frame)) return seen
      }
    },
  }
}

const streams = new WeakMap<TestCore, ReturnType<typeof createLiveStream>>()
function streamOf(core: TestCore) {
  const known = streams.get(core)
  if (known) return known
  const made = createLiveStream(core, {
    slots: createSlots(),
    events: createEventsService(core),
    control,
    brake: () => null,
  })
  streams.set(core, made)
  return made
}

async function cluster() {
  const core = await testCore()
  ends.push(() => core.stop())
  return core
}

async function addTask(core: TestCore, name: string) {
  const { task, spec } = newTask(
    core,
    {
      name,
      driver: 'handler',
      handler: { name: 'noop', input: null },
      resources: { cpuMillis: 0, memoryBytes: 0 },
      labels: {},
      constraints: [],
      onNodes: [],
      notOnNodes: [],
      priority: 50,
      policy: 'at-least-once',
      retry: { attemptsMax: 1, backoffBaseMs: 0, backoffCapMs: 0 },
      timeouts: { queueMs: null, startMs: null, runMs: null, progressMs: null },
      killGraceMs: 0,
      onDrain: 'finish',
      system: false,
      durable: false,
    },
    'user:ana',
  )
  const events = [
    { type: 'task.test', subject: { kind: 'task', id: task.id }, severity: 'info' as const, text: `added ${name}` },
  ]
  await core.committer.commit({
    changes: [put('task', task, 0), put('task-spec', spec, 0)],
    meta: { atMs: core.platform.clock.unixMs(), actor: 'user:ana', events },
  })
  return task.id
}

describe('the live stream of a page', () => {
  it('begins with everything, in parts of which the last says so', async () => {
    const core = await cluster()
    for (let i = 0; i < 3; i++) await addNode(core, `n${i}`)
    const id = await addTask(core, 'first')
    const reader = await page(core)
    const frames = await reader.until((frame) => frame.t === 'snapshot' && frame.last)
    expect(frames[0]).toMatchObject({ t: 'hello', reset: true, user: { id: 'ana', role: 'viewer' } })
    const nodes = frames.flatMap((frame) =>
      frame.t === 'snapshot' ? (frame.nodes ? unpackColumns(frame.nodes) : []) : [],
    )
    expect(nodes.map((node) => node.id).sort()).toEqual(['n0', 'n1', 'n2'])
    expect(new Set(nodes.map((node) => node.slot)).size).toBe(3)
    const tasks = frames.flatMap((frame) =>
      frame.t === 'snapshot' ? (frame.tasks ? unpackColumns(frame.tasks) : []) : [],
    )
    expect(tasks.map((task) => task.id)).toEqual([id])
    expect(frames.at(-1)).toMatchObject({ counts: { queued: 1 }, total: 4, sent: 4 })
  })

  it('then tells changes, with their events, and nothing twice', async () => {
    const core = await cluster()
    const reader = await page(core)
    await reader.until((frame) => frame.t === 'snapshot' && frame.last)
    await addNode(core, 'n1')
    const id = await addTask(core, 'later')
    const frames = await reader.until((frame) => frame.t === 'state' && (frame.events ?? []).length > 0)
    const states = frames.filter((frame) => frame.t === 'state')
    expect(states.flatMap((frame) => frame.nodes ?? []).map((node) => node.id)).toEqual(['n1'])
    expect(states.flatMap((frame) => frame.tasks ?? []).map((task) => task.id)).toEqual([id])
    expect(states.flatMap((frame) => frame.events ?? []).map((event) => event.text)).toEqual(['added later'])
  })

  it('resumes from its cursor with only what changed meanwhile', async () => {
    const core = await cluster()
    await addNode(core, 'n1')
    const first = await page(core)
    await first.until((frame) => frame.t === 'snapshot' && frame.last)
    await addNode(core, 'n2')
    await first.until((frame) => frame.t === 'state')

    await addNode(core, 'n3')
    const second = await page(core, { lastEventId: first.cursor() })
    const frames = await second.until((frame) => frame.t === 'state')
    expect(frames[0]).toMatchObject({ t: 'hello', reset: false })
    expect(frames.some((frame) => frame.t === 'snapshot')).toBe(false)
    expect(frames.at(-1)).toMatchObject({ t: 'state', nodes: [{ id: 'n3' }] })
  })

  it('starts over from a cursor of another history or another controller', async () => {
    const core = await cluster()
    for (const lastEventId of [
      'someotherhistory.main.3@c1-life',
      `${core.cache.historyId}.main.3@c9-life`,
      'nonsense',
    ]) {
      const reader = await page(core, { lastEventId })
      const [hello] = await reader.until((frame) => frame.t === 'snapshot' && frame.last)
      expect(hello).toMatchObject({ t: 'hello', reset: true })
    }
  })

  it('ticks with the age of its truth, and drops load for a reader that is slow', async () => {
    const core = await cluster()
    const reader = await page(core, { buffered: 10_000_000 })
    await reader.until((frame) => frame.t === 'tick')
    const frames = await reader.until((frame) => frame.t === 'tick')
    expect(frames.at(-1)).toMatchObject({ t: 'tick', storeAway: false, behindMs: 0 })
    expect(frames.some((frame) => frame.t === 'load')).toBe(false)
    expect(core.counters.framesDropped).toBeGreaterThan(0)
  })
})

describe('the event log', () => {
  it('gives pages, newest first, that join without a gap', async () => {
    const core = await cluster()
    for (let i = 0; i < 7; i++) await addTask(core, `t${i}`)
    const events = createEventsService(core)
    const texts: string[] = []
    for (let before: string | undefined, more = true; more; ) {
      const listed = await events.list({ limit: 3, ...(before ? { before } : {}) })
      if (!listed.ok) throw new Error(listed.error.message)
      texts.push(...listed.value.events.map((event) => event.text))
      before = listed.value.next ?? undefined
      more = listed.value.next !== null
    }
    expect(texts).toEqual([6, 5, 4, 3, 2, 1, 0].map((i) => `added t${i}`))
  })

  it('finds by type, subject and text, and refuses a cursor that is none', async () => {
    const core = await cluster()
    const id = await addTask(core, 'one')
    await addTask(core, 'two')
    const events = createEventsService(core)
    const bySubject = await events.list({ limit: 10, subject: { kind: 'task', id } })
    expect(bySubject.ok && bySubject.value.events).toHaveLength(1)
    const byText = await events.list({ limit: 10, text: 'TWO' })
    expect(byText.ok && byText.value.events).toHaveLength(1)
    const byType = await events.list({ limit: 10, types: ['node'] })
    expect(byType.ok && byType.value.events).toHaveLength(0)
    expect(await events.list({ limit: 10, before: '../../etc' })).toMatchObject({
      ok: false,
      error: { code: 'bad_input' },
    })
  })
})
