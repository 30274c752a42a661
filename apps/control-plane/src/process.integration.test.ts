import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { request } from 'node:https'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { nodeIdSchema } from '@quarterdeck/domain'
import { freePort, startRedis, type TestRedis } from '@quarterdeck/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ControllerProcess, startControllerProcess } from './testing/controller-process.ts'
import { registration } from './testing/registration.ts'
import { cookieOf, httpApi, pageHeaders, socketApi, until } from './testing/test-cluster.ts'

let redis: TestRedis
const started: ControllerProcess[] = []

beforeAll(async () => {
  redis = await startRedis()
})
afterAll(async () => {
  await endAll()
  await redis.stop()
})

describe('a controller process', () => {
  it('prints its setup link once, and nothing secret into its log', async () => {
    const controller = await start({ QD_CONTROLLER_ID: 'c1', QD_LOG_LEVEL: 'debug' })
    const { url, process } = controller
    const link = /http:\S+\/setup#(\S+)/.exec(
      await until('the setup link is printed', async () => process.output().includes('/setup#') && process.output()),
    )
    const setupToken = link?.[1] ?? ''

    const password = 'canary-password-5e4d'
    const setUp = await fetch(`${url}/trpc/auth.setUp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: setupToken, userId: 'ana', password }),
    })
    const cookie = cookieOf(setUp)
    const admin = httpApi(url, pageHeaders(url, cookie))
    const join = await admin.tokens.createJoin.mutate({})
    const api = await admin.tokens.createApi.mutate({ name: 'ci', role: 'viewer' })
    const { nodeId, secret } = await httpApi(url).agents.join.mutate({
      token: join.token,
      name: nodeIdSchema.parse('web-1'),
    })
    await httpApi(url, { authorization: `Bearer ${api.token}` }).auth.me.query()
    // Refusals are the likeliest place for a secret to slip out.
    await fetch(`${url}/trpc/auth.signIn`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ userId: 'ana', password: 'canary-wrong-77aa' }),
    })
    await fetch(`${url}/trpc/auth.signIn`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"password":"canary-broken-31bc',
    })
    await httpApi(url)
      .agents.join.mutate({ token: `${join.token}x`, name: nodeIdSchema.parse('web-2') })
      .catch(() => undefined)

    await until('the log has the change', async () => process.output().includes('tokens.create-api'))
    const log = process.output().replace(/^.*\/setup#.*$/m, '')
    for (const canary of [
      setupToken,
      password,
      'canary-wrong-77aa',
      'canary-broken-31bc',
      cookie.split('=')[1] ?? '',
      join.token,
      api.token,
      secret,
    ]) {
      expect(canary.length).toBeGreaterThan(10)
      expect(log).not.toContain(canary)
    }
    for (const line of log.split('\n').filter((each) => each.startsWith('{')))
      expect(JSON.parse(line)).toHaveProperty('msg')
    expect(nodeId).toBe('web-1')
  })

  it('on SIGTERM sends its agents away, hands leadership over and ends with code 0', async () => {
    const [first, second] = [started[0], await start({ QD_CONTROLLER_ID: 'c2' })]
    if (!first) throw new Error('the first controller is not there')
    const firstUrl = urlOf(first)
    const setUp = await fetch(`${firstUrl}/trpc/auth.signIn`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ userId: 'ana', password: 'canary-password-5e4d' }),
    })
    const cookie = cookieOf(setUp)
    const admin = httpApi(firstUrl, pageHeaders(firstUrl, cookie))
    const { token } = await admin.tokens.createJoin.mutate({})
    const { nodeId, secret } = await httpApi(firstUrl).agents.join.mutate({ token, name: nodeIdSchema.parse('web-7') })
    const agent = socketApi(firstUrl, '/agent', { nodeId, secret })
    const { sessionId } = await agent.api.agents.register.mutate(registration())
    const commands: string[] = []
    agent.api.agents.commands.subscribe({ sessionId }, { onData: (command) => void commands.push(command.kind) })
    await until('the agent is served', async () => commands.includes('desired'))

    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    expect(commands).toContain('goaway')
    const there = httpApi(second.url, pageHeaders(second.url, cookie))
    const view = await until('the other one leads', async () => {
      const now = await there.controlPlane.view.query()
      return now.leader?.controllerId === 'c2' && now
    })
    expect(view.controllers.find(({ id }) => id === 'c1')?.state).toBe('left')
    await agent.close()
  })

  it.each([
    [{ QD_HOST: '0.0.0.0' }, /^QD_HOST is 0\.0\.0\.0, which other machines can reach: .*QD_INSECURE_BIND=true/],
    [{ QD_PORT: 'http' }, /^QD_PORT is "http": it must be a whole number/],
    [{ QD_REDIS_URL: 'redis://10.9.8.7:6379' }, /^QD_REDIS_URL names another machine without TLS/],
  ])('told %j says one sentence and exits with code 2', async (env, sentence) => {
    const controller = startControllerProcess({ QD_REDIS_URL: redis.url, ...env })
    started.push(controller)
    expect(await controller.ended).toBe(2)
    expect(controller.output()).toMatch(sentence)
    expect(controller.output().trim().split('\n')).toHaveLength(1)
  })

  it('leaves a script what it needs to enter a new cluster, in a file only its user can read', async () => {
    const own = await startRedis()
    const folder = await mkdtemp(path.join(tmpdir(), 'qd-starter-'))
    const file = path.join(folder, 'starter.json')
    try {
      const { url, process } = await start({ QD_REDIS_URL: own.url, QD_STARTER_FILE: file })
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      const { setupToken, joinToken, apiToken } = JSON.parse(await readFile(file, 'utf8'))
      // Two peers that start later must not make the link in the file worthless.
      await start({ QD_REDIS_URL: own.url, QD_CONTROLLER_ID: 'later' })
      const program = httpApi(url, { authorization: `Bearer ${apiToken}` })
      expect(await program.auth.me.query()).toMatchObject({ role: 'operator', kind: 'token' })
      await httpApi(url).agents.join.mutate({ token: joinToken, name: nodeIdSchema.parse('web-1') })
      const setUp = await httpApi(url).auth.setUp.mutate({
        token: setupToken,
        userId: 'ana',
        password: 'correct horse battery',
      })
      expect(setUp.me.role).toBe('admin')
      expect(process.output()).toContain(`/setup#${setupToken}`)
    } finally {
      await endAll()
      await own.stop()
      await rm(folder, { recursive: true })
    }
  })

  it('prints another link when it restarts before anybody used the first', async () => {
    const own = await startRedis()
    try {
      const linkOf = async () => {
        const { process } = await start({ QD_REDIS_URL: own.url, QD_CONTROLLER_ID: 'again' })
        const link = await until('a setup link is printed', async () => /setup#(\S+)/.exec(process.output()) ?? false)
        await endAll()
        return link[1]
      }
      expect(await linkOf()).not.toBe(await linkOf())
    } finally {
      await endAll()
      await own.stop()
    }
  })

  it('speaks TLS with a cookie that only TLS carries', async () => {
    const own = await startRedis()
    const folder = await mkdtemp(path.join(tmpdir(), 'qd-tls-'))
    const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')]
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '1',
        '-subj',
        '/CN=localhost',
        '-keyout',
        key,
        '-out',
        cert,
      ],
      { stdio: 'ignore' },
    )
    try {
      const port = await freePort()
      const process = startControllerProcess({
        QD_REDIS_URL: own.url,
        QD_PORT: String(port),
        QD_TLS_CERT: cert,
        QD_TLS_KEY: key,
      })
      started.push(process)
      const link = await until(
        'the setup link is printed',
        async () => /https:\S+\/setup#(\S+)/.exec(process.output()) ?? false,
      )
      const answer = await postOverTls(port, '/trpc/auth.setUp', {
        token: link[1],
        userId: 'ana',
        password: 'correct horse battery',
      })
      expect(answer.cookie).toMatch(
        new RegExp(`^__Host-qd-${port}=\\S+; Path=/; HttpOnly; SameSite=Strict; Max-Age=\\d+; Secure$`),
      )
      expect(answer.transportSecurity).toMatch(/^max-age=/)
    } finally {
      await endAll()
      await own.stop()
      await rm(folder, { recursive: true })
    }
  })

  it('refuses a Redis that would lose the cluster, unless told that this is meant', async () => {
    const forgetful = await startRedis({ appendonly: false })
    try {
      const refused = startControllerProcess({ QD_REDIS_URL: forgetful.url, QD_PORT: String(await freePort()) })
      started.push(refused)
      expect(await refused.ended).toBe(2)
      expect(refused.output()).toMatch(/^QD_REDIS_URL names a Redis that would lose the cluster: appendonly is off/)
      const { process } = await start({ QD_REDIS_URL: forgetful.url, QD_ACCEPT_DATA_LOSS: 'true' })
      process.child.kill('SIGTERM')
      expect(await process.ended).toBe(0)
    } finally {
      await forgetful.stop()
    }
  })

  it('that starts before its Redis waits for it, and says that it is not ready', async () => {
    const late = await startRedis()
    try {
      await late.kill9()
      const port = await freePort()
      const controller = startControllerProcess({ QD_REDIS_URL: late.url, QD_PORT: String(port) })
      started.push(controller)
      const url = `http://127.0.0.1:${port}`
      const status = (path: string) =>
        fetch(url + path).then(
          ({ status }) => status,
          () => undefined,
        )
      await until('it answers', async () => (await status('/healthz')) === 200)
      expect(await status('/readyz')).toBe(503)
      // Not "there is no user yet": it cannot know.
      expect(await status('/trpc/auth.state')).toBe(503)
      await late.restart()
      await until('it is ready', async () => (await status('/readyz')) === 200)
      controller.child.kill('SIGTERM')
      expect(await controller.ended).toBe(0)
    } finally {
      await late.stop()
    }
  })

  it('takes the next free port aloud, or fails when it may not', async () => {
    const port = await freePort()
    const squatter = await listen(port)
    try {
      const strict = startControllerProcess({ QD_REDIS_URL: redis.url, QD_PORT: String(port), QD_PORT_STRICT: 'true' })
      started.push(strict)
      expect(await strict.ended).toBe(2)
      expect(strict.output()).toMatch(new RegExp(`^QD_PORT is ${port}: something else listens there`))

      const lenient = await start({ QD_CONTROLLER_ID: 'c3', QD_PORT: String(port) })
      expect(lenient.url).not.toBe(`http://127.0.0.1:${port}`)
      expect(lenient.process.output()).toContain(`Port ${port} is taken`)
    } finally {
      squatter.close()
    }
  })
})

/** With a certificate that nobody signed. */
function postOverTls(port: number, path: string, body: unknown) {
  return new Promise<{ cookie: string | undefined; transportSecurity: string | undefined }>((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const sent = request(
      { host: '127.0.0.1', port, path, method: 'POST', headers, rejectUnauthorized: false },
      (response) => {
        response.resume()
        resolve({
          cookie: response.headers['set-cookie']?.[0],
          transportSecurity: response.headers['strict-transport-security'],
        })
      },
    )
    sent.once('error', reject)
    sent.end(JSON.stringify(body))
  })
}

async function endAll(): Promise<void> {
  for (const { child } of started) child.kill('SIGKILL')
  await Promise.all(started.map(({ ended }) => ended))
}

/** Starts one and waits until it is ready. */
async function start(env: Readonly<Record<string, string>>) {
  const process = startControllerProcess({ QD_REDIS_URL: redis.url, QD_PORT: String(await freePort()), ...env })
  started.push(process)
  await until('the controller listens', async () => {
    if (process.child.exitCode !== null) throw new Error(`it ended:\n${process.output()}`)
    return process.output().includes('listens on http')
  })
  const url = urlOf(process)
  await until('the controller is ready', async () => (await fetch(`${url}/readyz`)).ok)
  return { process, url }
}

function urlOf(process: ControllerProcess): string {
  return /listens on (http:\S+)/.exec(process.output())?.[1] ?? ''
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(port, '127.0.0.1', () => resolve(server))
  })
}
