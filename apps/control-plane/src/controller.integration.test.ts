import { execFileSync } from 'node:child_process'
import { nodeIdSchema } from '@quarterdeck/domain'
import { TRPCClientError } from '@trpc/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { loadSample, registration } from './testing/registration.ts'
import {
  type Api,
  cookieOf,
  httpApi,
  pageHeaders,
  setUpAdmin,
  socketApi,
  startTestCluster,
  type TestCluster,
  until,
} from './testing/test-cluster.ts'

const password = 'correct horse battery staple'
let cluster: TestCluster
let urls: string[]
let cookie: string
let admin: Api

beforeAll(async () => {
  cluster = await startTestCluster(2)
  urls = cluster.controllers.map(({ url }) => url)
  const [first] = cluster.controllers
  if (!first) throw new Error('no controller')
  const setUp = await setUpAdmin(first, password)
  expect(setUp.response.status).toBe(200)
  cookie = setUp.cookie
  admin = httpApi(first.url, pageHeaders(first.url, cookie))
})
afterAll(async () => cluster.stop())

const url = (index = 0) => urls[index] ?? ''

describe('the first sign-in', () => {
  it('is by a link that only the first controller has, and that works once', async () => {
    expect(cluster.controllers[1]?.setupLink).toBeNull()
    const token = cluster.controllers[0]?.setupLink?.split('#')[1] ?? ''
    expect(await codeOf(httpApi(url()).auth.setUp.mutate({ token, userId: 'eve', password }))).not.toBeNull()
    expect(await admin.auth.me.query()).toEqual({ id: 'ana', role: 'admin', kind: 'user' })
  })

  it('gives a cookie that every controller of the host knows', async () => {
    expect(cookie).toMatch(new RegExp(`^qd-${cluster.controllers[0]?.port}=`))
    await until(
      'the other controller has heard of the session',
      async () => (await httpApi(url(1), pageHeaders(url(1), cookie)).auth.state.query()).me !== null,
    )
  })

  it('says the same of a wrong password and of an unknown user', async () => {
    const answers = await Promise.all(
      ['ana', 'nobody-here'].map(async (userId) => {
        const response = await post('/trpc/auth.signIn', { userId, password: 'wrong wrong wrong' })
        return { status: response.status, text: (await response.text()).replaceAll(userId, '…') }
      }),
    )
    expect(answers[0]?.status).toBe(401)
    expect(answers[0]).toEqual(answers[1])
  })
})

describe('a page', () => {
  it('cannot act from another origin, without the header, or by a form', async () => {
    const act = (headers: Record<string, string>, body = '{"ids":["web-1"],"reason":"x"}') =>
      fetch(`${url()}/trpc/nodes.cordon`, {
        method: 'POST',
        headers: { ...pageHeaders(url(), cookie), 'content-type': 'application/json', ...headers },
        body,
      })
    expect((await act({ origin: 'https://evil.example' })).status).toBe(403)
    expect((await act({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await act({ 'x-qd-csrf': '' })).status).toBe(403)
    expect((await act({ 'content-type': 'text/plain' })).status).toBe(400)
    expect((await act({ 'content-type': 'multipart/form-data; boundary=x' })).status).toBe(400)
    expect((await act({}, '{"ids":')).status).toBe(400)
    // With nothing wrong about the request, the refusal is about the node.
    expect((await act({})).status).not.toBe(403)
  })

  it('gets no answer that another origin may read', async () => {
    const response = await fetch(`${url()}/trpc/auth.state`, { headers: { origin: 'https://evil.example' } })
    expect(response.status).toBe(403)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('is told one sentence about a body that is too large, too deep or too many', async () => {
    const message = async (response: Response) =>
      ((await response.json()) as { error: { message: string } }).error.message
    expect(await message(await post('/trpc/tasks.submit', { name: 'x'.repeat(300_000) }))).toMatch(
      /at most 262144 bytes/,
    )
    expect(await message(await post('/trpc/tasks.submit', JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`)))).toMatch(
      /deeper than 32/,
    )
    const batch = `/trpc/${Array(11).fill('auth.state').join(',')}?batch=1`
    expect(await message(await fetch(url() + batch))).toMatch(/at most 10/)
  })

  it('is answered in the same words by the short way of single changes and by a batch', async () => {
    const answer = async (path: string, input: unknown) => {
      const single = await post(`/trpc/${path}`, input)
      const batch = await post(`/trpc/${path}?batch=1`, { 0: input })
      const [first] = (await batch.json()) as unknown[]
      return { single: await single.json(), batch: first, status: single.status, batchStatus: batch.status }
    }
    for (const [path, input] of [
      ['tasks.cancel', { id: 'no-such-task', reason: 'test' }],
      ['tasks.submit', { name: 7 }],
      ['auth.signIn', { userId: 'ana', password: 'wrong wrong wrong' }],
    ] as const) {
      const { single, batch, status, batchStatus } = await answer(path, input)
      expect(single).toEqual(batch)
      expect(status).toBe(batchStatus)
      expect(status).toBeGreaterThanOrEqual(400)
    }
    const broken = await fetch(`${url()}/trpc/tasks.submit`, {
      method: 'POST',
      headers: pageHeaders(url(), cookie),
      body: '{"name":',
    })
    expect(broken.status).toBe(400)
  })

  it('goes on at a peer by a ticket that works once and only from our own pages', async () => {
    const [ticket] = await until('a peer is known', async () => {
      const tickets = await admin.auth.tickets.mutate()
      return tickets.length > 0 && tickets
    })
    if (!ticket) throw new Error('no ticket')
    expect(ticket.url).toBe(url(1))
    const resume = (origin: string) =>
      fetch(`${ticket.url}/auth/resume`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin },
        body: JSON.stringify({ ticket: ticket.ticket }),
      })

    const foreign = await resume('https://evil.example')
    expect(foreign.status).toBe(403)
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull()

    const moved = await resume(url(0))
    expect(moved.status).toBe(200)
    expect(moved.headers.get('access-control-allow-origin')).toBe(url(0))
    const there = httpApi(url(1), pageHeaders(url(1), cookieOf(moved)))
    expect(await there.auth.me.query()).toMatchObject({ id: 'ana' })

    expect((await resume(url(0))).status).toBeGreaterThanOrEqual(400)
  })

  it('is signed out everywhere at once', async () => {
    const response = await post('/trpc/auth.signIn', { userId: 'ana', password })
    const own = cookieOf(response)
    const page = httpApi(url(), pageHeaders(url(), own))
    await page.auth.signOut.mutate()
    expect(await codeOf(page.auth.me.query())).toBe('not_signed_in')
  })
})

describe('an agent', () => {
  it('joins by a token once, is heard, and its end is noticed when its socket closes', async () => {
    const { token } = await admin.tokens.createJoin.mutate({ usesMax: 1 })
    const joined = await httpApi(url()).agents.join.mutate({ token, name: nodeIdSchema.parse('web-1') })
    expect(await codeOf(httpApi(url()).agents.join.mutate({ token, name: nodeIdSchema.parse('web-2') }))).toBe(
      'bad_token',
    )

    const { api, close } = socketApi(url(), '/agent', { nodeId: joined.nodeId, secret: joined.secret })
    const { sessionId } = await api.agents.register.mutate(registration())
    const commands: string[] = []
    api.agents.commands.subscribe({ sessionId }, { onData: (command) => void commands.push(command.kind) })
    await until('the whole desired set arrives', async () => commands.includes('desired'))
    const reply = await api.agents.beat.mutate({ sessionId, seq: 1, digest: '', load: loadSample() })
    expect(reply.seq).toBe(1)

    const input = { sessionId, seq: 2, digest: '', load: loadSample() }
    const [slow, short, late] = await rawAnswers({ nodeId: joined.nodeId, secret: joined.secret }, [
      { id: 1, method: 'mutation', params: { input, path: 'agents.beat' } },
      { id: 1, method: 'mutation', params: { path: 'agents.beat', input } },
      { id: 1, method: 'mutation', params: { path: 'agents.beat', input: { ...input, sessionId: 'old' } } },
    ])
    // The second takes the shortcut and the first does not; nobody can tell from the answer.
    const serverMs = expect.any(Number)
    expect(short).toEqual({ id: 1, result: { type: 'data', data: { ...slow?.result?.data, serverMs } } })
    expect(short?.result?.data).toMatchObject({ seq: 2, serverMs })
    expect(JSON.stringify(late)).toContain('stale_session')

    const health = async () => (await admin.nodes.list.query()).value.find(({ id }) => id === 'web-1')?.health
    await until('the node is ready', async () => (await health()) === 'ready')
    await close()
    await until('the node is not ready any more', async () => (await health()) !== 'ready')
  })

  it('with its credential opens nothing but what agents do', async () => {
    const { token } = await admin.tokens.createJoin.mutate({})
    const { nodeId, secret } = await httpApi(url()).agents.join.mutate({ token, name: nodeIdSchema.parse('web-9') })
    const { api, close } = socketApi(url(), '/agent', { nodeId, secret })
    expect(await codeOf(api.nodes.list.query())).toBe('not_permitted')
    expect(await codeOf(api.users.list.query())).toBe('not_permitted')
    await close()
    expect(await whatAgentSocketSays({ nodeId, secret: 'wrong' })).toContain('"code":"bad_credentials"')
  })

  it.each([
    ['/agent', { origin: 'http://127.0.0.1' }, 403],
    ['/agent', { cookie: 'qd-7400=x' }, 403],
    ['/ws', { origin: 'https://evil.example' }, 403],
    ['/nowhere', {}, 404],
  ] as const)('or anybody who opens %s with %j is refused before the upgrade', async (path, headers, status) => {
    const socket = new WebSocket(`${url().replace('http', 'ws')}${path}`, { headers })
    const seen = await new Promise<number | undefined>((resolve) => {
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode))
      socket.once('open', () => resolve(101))
      socket.once('error', () => resolve(undefined))
    })
    expect(seen).toBe(status)
    socket.terminate()
  })
})

describe('a program', () => {
  it('is let in by its token over HTTP and WebSocket, until it is revoked', async () => {
    const { token, view } = await admin.tokens.createApi.mutate({ name: 'ci', role: 'viewer' })
    const overHttp = httpApi(url(), { authorization: `Bearer ${token}` })
    expect((await overHttp.auth.me.query()).kind).toBe('token')
    const { api, close } = socketApi(url(), '/ws', { token })
    expect((await api.cluster.summary.query()).value.clusterName).toBe('quarterdeck')
    expect(await codeOf(api.nodes.cordon.mutate({ ids: [nodeIdSchema.parse('web-1')] }))).toBe('not_permitted')
    await close()

    await admin.tokens.revokeApi.mutate({ id: view.id })
    expect(await codeOf(overHttp.auth.me.query())).toBe('not_signed_in')
    expect(await codeOf(socketApi(url(), '/ws', { token }).api.cluster.summary.query())).toBe('not_signed_in')
  })
})

describe('the endpoints for machines', () => {
  it('say that it lives and is ready', async () => {
    expect((await fetch(`${url()}/healthz`)).status).toBe(200)
    await until('it is ready', async () => (await fetch(`${url()}/readyz`)).status === 200)
  })

  it('give metrics that promtool has nothing to say about', async () => {
    const text = await (await fetch(`${url()}/metrics`)).text()
    expect(text).toMatch(/^qd_is_leader [01]$/m)
    expect(execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('')
  })

  it('let nobody put a page into a frame or guess a type', async () => {
    const { headers } = await fetch(`${url()}/healthz`)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-frame-options')).toBe('DENY')
  })
})

function post(path: string, body: unknown): Promise<Response> {
  return fetch(url() + path, {
    method: 'POST',
    headers: { ...pageHeaders(url(), ''), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

type RawAnswer = {
  readonly id: number
  readonly result?: { readonly type: string; readonly data: Record<string, unknown> }
}

/** Says these messages on a socket of its own, one after the other, and returns what is answered to each. */
async function rawAnswers(data: Readonly<Record<string, string>>, messages: readonly object[]): Promise<RawAnswer[]> {
  const socket = new WebSocket(`${url().replace('http', 'ws')}/agent?connectionParams=1`)
  await new Promise((resolve) => socket.once('open', resolve))
  socket.send(JSON.stringify({ method: 'connectionParams', data }))
  const answers: RawAnswer[] = []
  for (const message of messages) {
    const answered = new Promise<string>((resolve) => socket.once('message', (text) => resolve(text.toString())))
    socket.send(JSON.stringify(message))
    answers.push(JSON.parse(await answered))
  }
  socket.terminate()
  return answers
}

/** All that a socket is told before it is closed. */
function whatAgentSocketSays(data: Readonly<Record<string, string>>): Promise<string> {
  const socket = new WebSocket(`${url().replace('http', 'ws')}/agent?connectionParams=1`)
  let said = ''
  socket.on('open', () => socket.send(JSON.stringify({ method: 'connectionParams', data })))
  socket.on('message', (message) => {
    said += message.toString()
  })
  return new Promise((resolve) => socket.once('close', () => resolve(said)))
}

/** The refusal's code; null when the call was accepted. */
async function codeOf(call: Promise<unknown>): Promise<string | null> {
  try {
    await call
    return null
  } catch (error) {
    if (!(error instanceof TRPCClientError)) throw error
    return (error.data as { cluster: { code: string } } | undefined)?.cluster.code ?? error.message
  }
}
