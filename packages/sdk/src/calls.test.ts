import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { client } from './client.ts'

const servers: Server[] = []
afterEach(async () => {
  await Promise.all(
    servers.splice(0).map((server) => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    }),
  )
})

type Answer = (request: IncomingMessage, body: string, response: ServerResponse) => void

/** A controller as far as HTTP is concerned: answers in tRPC's wire format. */
async function controller(answer: Answer): Promise<{ readonly url: string; readonly calls: string[] }> {
  const calls: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      calls.push(`${request.method} ${(request.url ?? '').split('?')[0]}`)
      answer(request, body, response)
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls }
}

const says =
  (data: unknown): Answer =>
  (_request, _body, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ result: { data } }))
  }
const refuses =
  (cluster: { code: string; message: string; remedy?: string; retryAfterMs?: number }): Answer =>
  (_request, _body, response) => {
    response.statusCode = 409
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ error: { message: cluster.message, code: -32_009, data: { cluster } } }))
  }
const hangsUp: Answer = (request) => request.socket.destroy()

/** An address that nothing listens on. */
async function nobody(): Promise<string> {
  const { url } = await controller(says(null))
  const server = servers.pop()
  await new Promise((resolve) => server?.close(resolve))
  return url
}

describe('client', () => {
  it('goes on at the next controller when one does not answer, and stays there', async () => {
    const good = await controller(says({ ok: true }))
    const cluster = client({ urls: [await nobody(), good.url] })
    expect(await cluster.cluster.summary()).toEqual({ ok: true })
    expect(await cluster.cluster.summary()).toEqual({ ok: true })
    expect(good.calls).toHaveLength(2)
  })

  it('repeats a query whose answer was lost', async () => {
    const cut = await controller(hangsUp)
    const calm = await controller(says([]))
    expect(await client({ urls: [cut.url, calm.url] }).operations.list({ limit: 10 })).toEqual([])
    expect(cut.calls).toHaveLength(1)
  })

  it('does not repeat a change that may have happened', async () => {
    const cut = await controller(hangsUp)
    const other = await controller(says(null))
    const cluster = client({ urls: [cut.url, other.url] })
    await expect(cluster.nodes.cordon({ ids: [], reason: 'test' })).rejects.toMatchObject({
      name: 'QuarterdeckError',
      code: 'outcome_unknown',
    })
    expect(other.calls).toEqual([])
  })

  it('repeats a submit with the same idempotency key, one that it made itself', async () => {
    const keys: unknown[] = []
    const lost = await controller((request, body, response) => {
      keys.push(JSON.parse(body).idempotencyKey)
      hangsUp(request, body, response)
    })
    const other = await controller((request, body, response) => {
      keys.push(JSON.parse(body).idempotencyKey)
      says({ taskId: 't1', existing: true, revision: 7 })(request, body, response)
    })
    const cluster = client({ urls: [lost.url, other.url] })
    const handedIn = await cluster.tasks.submit({ name: 'x', driver: 'exec', exec: { command: 'true' } })
    expect(handedIn.taskId).toBe('t1')
    expect(keys).toHaveLength(2)
    expect(keys[0]).toBe(keys[1])
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('says what a controller refused, what to do, and asks nobody else', async () => {
    const strict = await controller(
      refuses({ code: 'wrong_state', message: 'web-3 is already draining.', remedy: 'Stop the drain first.' }),
    )
    const other = await controller(says(null))
    await expect(client({ urls: [strict.url, other.url] }).nodes.list()).rejects.toMatchObject({
      code: 'wrong_state',
      message: 'web-3 is already draining.',
      remedy: 'Stop the drain first.',
    })
    expect(other.calls).toEqual([])
  })

  it('waits as long as a controller asks for before it tries again', async () => {
    let tries = 0
    const busy = await controller((...call) => {
      tries += 1
      const answer = tries < 3 ? refuses({ code: 'overloaded', message: 'Busy.', retryAfterMs: 5 }) : says([])
      answer(...call)
    })
    await expect(client({ urls: [busy.url] }).nodes.list()).resolves.toEqual([])
    expect(tries).toBe(3)
  })

  it('names the address that nothing listens on, at once', async () => {
    const url = await nobody()
    await expect(client({ urls: [url], retryForMs: 60_000 }).nodes.list()).rejects.toMatchObject({
      code: 'unavailable',
      message: `No controller answers at ${url} (ECONNREFUSED).`,
    })
  })

  it('goes on waiting for a task until it has ended', async () => {
    const states = ['queued', 'running', 'succeeded']
    const slow = await controller((request, body, response) =>
      says({ row: { id: 't1', state: states.shift() }, result: null, existing: false })(request, body, response),
    )
    const ended = await client({ urls: [slow.url] }).tasks.run({ name: 'x', driver: 'exec', exec: { command: 'true' } })
    expect(ended.row.state).toBe('succeeded')
    expect(slow.calls).toEqual(['POST /trpc/tasks.run', 'GET /trpc/tasks.wait', 'GET /trpc/tasks.wait'])
  })

  it.each([
    [[], 'urls is empty'],
    [['localhost:7400'], 'starts with http:// or https://'],
  ])('refuses the addresses %j in words', (urls, words) => {
    expect(() => client({ urls })).toThrow(words)
  })
})

describe('client.tasks.submitMany', () => {
  it('hands in again, with the same keys, what a busy controller had no room for', async () => {
    const seen: string[][] = []
    const busy = await controller((request, body, response) => {
      const { tasks } = JSON.parse(body) as { tasks: { name: string; idempotencyKey: string }[] }
      seen.push(tasks.map(({ name, idempotencyKey }) => `${name} ${idempotencyKey}`))
      const outcomes = tasks.map(({ name }) =>
        name === 'b' && seen.length === 1
          ? { ok: false, error: { code: 'overloaded', message: 'Busy.', retryAfterMs: 1 } }
          : { ok: true, value: { taskId: `id-of-${name}`, existing: false } },
      )
      says(outcomes)(request, body, response)
    })
    const tasks = ['a', 'b', 'c'].map((name) => ({ name, driver: 'exec' as const, exec: { command: 'true' } }))
    const outcomes = await client({ urls: [busy.url] }).tasks.submitMany(tasks)
    expect(outcomes.map((outcome) => (outcome.ok ? outcome.value.taskId : null))).toEqual([
      'id-of-a',
      'id-of-b',
      'id-of-c',
    ])
    expect(seen).toHaveLength(2)
    expect(seen[1]).toEqual([seen[0]?.[1]])
  })
})
