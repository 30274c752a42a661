import { eventually, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { script, submit, task, untilState } from './tasks.ts'

let cluster: TestCluster
let adminCookie = ''
beforeAll(async () => {
  cluster = await startCluster({ controllers: 1, nodes: ['n1'] })
  const { url = '' } = cluster.controllers[0] ?? {}
  const response = await fetch(`${url}/trpc/auth.setUp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-qd-csrf': '1', origin: url },
    body: JSON.stringify({ token: cluster.setupToken, userId: 'ana', password: 'correct horse battery' }),
  })
  adminCookie = response.headers.get('set-cookie')?.split(';')[0] ?? ''
})
afterAll(() => cluster?.stop())

type Answer = {
  readonly status: number
  readonly body: { readonly result?: object; readonly error?: { message: string; data: { cluster: Refusal } } }
}
type Refusal = { readonly code: string; readonly field?: string; readonly message: string }

async function post(
  procedure: string,
  body: string | object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(`${cluster.controllers[0]?.url}/trpc/${procedure}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${cluster.apiToken}`,
      'content-type': 'application/json',
      'x-qd-csrf': '1',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

async function tasksTotal(): Promise<number> {
  return (await cluster.query<{ value: { total: number } }>('tasks.list', { limit: 1 })).value.total
}

const nodeNames = async () =>
  (await cluster.query<{ value: { id: string }[] }>('nodes.list')).value.map(({ id }) => id).sort()

describe('a submit is refused in one sentence that names the field, and nothing is left of it:', () => {
  it.each<[string, object, string, RegExp]>([
    ['an unknown node', script('exit 0', { onNodes: ['web-99'] }), 'onNodes', /"web-99"/],
    [
      'arguments that are too long together',
      { name: 'big', driver: 'exec', exec: { command: 'echo', args: ['x'.repeat(70_000), 'y'.repeat(70_000)] } },
      'exec.args',
      /\d+ bytes/,
    ],
    [
      'a limit below zero',
      { name: 'low', driver: 'exec', exec: { command: 'true', limits: { memoryBytes: -1 } } },
      'exec.limits.memoryBytes',
      /at least 4194304/,
    ],
    ['a field that does not exist', script('exit 0', { replicas: 3 }), 'replicas', /replicas/],
    [
      'a strategy that does not exist',
      script('exit 0', { strategy: 'magic' }),
      'strategy',
      /"magic".*accepted: .*spread/,
    ],
  ])('%s', async (_what, input, field, words) => {
    const before = await tasksTotal()
    const { status, body } = await post('tasks.submit', input)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    expect(body.error?.data.cluster.field).toBe(field)
    expect(body.error?.message).toMatch(words)
    expect(body.error?.message).not.toContain('\n')
    expect(await tasksTotal()).toBe(before)
  })

  it('ten megabytes of arguments', async () => {
    const before = await tasksTotal()
    // More than once: an answer that comes while the body is still being sent must not be lost with the connection.
    for (let tries = 0; tries < 10; tries++) {
      const { status, body } = await post('tasks.submit', script('x'.repeat(10 * 1024 * 1024)))
      expect(status).toBe(400)
      expect(body.error?.message).toMatch(/at most 262144 bytes/)
    }
    expect(await tasksTotal()).toBe(before)
  })

  it('broken JSON', async () => {
    const { status, body } = await post('tasks.submit', '{"name": "half')
    expect(status).toBe(400)
    expect(body.error?.message).toMatch(/JSON/)
  })

  it('of a page of another origin', async () => {
    const before = await tasksTotal()
    const { status, body } = await post('tasks.submit', script('exit 0'), { origin: 'https://evil.example' })
    expect(status).toBe(403)
    expect(body.error?.message).toMatch(/"https:\/\/evil\.example" may not call/)
    expect(await tasksTotal()).toBe(before)
  })
})

describe('a requirement', () => {
  it('that no node satisfies lets the task wait, and says what it lacks', async () => {
    const id = await submit(
      cluster,
      script('exit 0', { constraints: [{ label: 'disk', operator: 'in', values: ['ssd'] }] }),
    )
    const reason = await eventually('it says why it waits', async () => {
      const said = JSON.stringify(await cluster.query('tasks.explain', { id }))
      return said.includes('disk') ? said : null
    })
    expect(reason).toContain('ssd')
    expect(await task(cluster, id)).toMatchObject({ state: 'queued', attempt: 0 })
    await cluster.mutate('tasks.cancel', { id, reason: 'test' })
    await untilState(cluster, id, 'cancelled')
  })
})

describe('the secret', () => {
  const join = (token: string, name: string) => post('agents.join', { token, name }, { authorization: '' })
  async function makeToken(ttlMs: number): Promise<string> {
    const input = { usesMax: 1, ttlMs, labels: {}, zone: null }
    const made = await post('tokens.createJoin', input, { authorization: '', cookie: adminCookie })
    return (made.body.result as { data: { token: string } }).data.token
  }

  it('of a join token that is used up lets nobody in', async () => {
    const token = await makeToken(600_000)
    expect((await join(token, 'first')).status).toBe(200)
    const again = await join(token, 'second')
    expect(again.status).toBe(401)
    expect(again.body.error?.message).toMatch(/used up \(1 of 1 uses\)/)
    expect(await nodeNames()).not.toContain('second')
  })

  it('of a join token that has expired lets nobody in', async () => {
    const TTL_MS = 60_000
    const token = await makeToken(TTL_MS)
    const overAtMs = Date.now() + TTL_MS
    await eventually('its time is over', () => Date.now() > overAtMs, { deadlineMs: 2 * TTL_MS })
    const { status, body } = await join(token, 'late')
    expect(status).toBe(401)
    expect(body.error?.message).toMatch(/has expired/)
    expect(await nodeNames()).not.toContain('late')
  })

  it('of a join token that never was lets nobody in', async () => {
    const { status, body } = await join('qdj_nothing_atall', 'nobody')
    expect(status).toBe(401)
    expect(body.error?.message).toMatch(/join token is not known/)
    expect(await nodeNames()).not.toContain('nobody')
  })
})

describe('two submits with', () => {
  it('one key is one task, also at once, and other work is refused', async () => {
    const work = script('exit 0', { idempotencyKey: 'once' })
    const ids = await Promise.all(Array.from({ length: 5 }, () => submit(cluster, work)))
    ids.push(await submit(cluster, work))
    expect(new Set(ids).size).toBe(1)
    const other = await post('tasks.submit', script('exit 1', { idempotencyKey: 'once' }))
    expect(other.body.error?.data.cluster).toMatchObject({ code: 'idempotency_conflict', field: 'idempotencyKey' })
  })
})
