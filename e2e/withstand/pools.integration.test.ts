import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type AdminSession,
  type AgentProcess,
  eventually,
  signInAdmin,
  startCluster,
  type TestCluster,
} from '@quarterdeck/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { script, submit, untilState } from './tasks.ts'

const SECRET = 'what only the two of us know'
type Asked = { request: string; kind: string; pool: string; count?: number; nodeId?: string; because: string }
type PoolView = {
  pool: string
  usable: number
  scaler: {
    because: string
    request: { state: string; problem: string | null } | null
    history: { text: string; isDone: boolean }[]
  } | null
}

let cluster: TestCluster
let provider: Server
let admin: AdminSession
const asked: Asked[] = []
const machines = new Map<string, AgentProcess>()
/** Answers 503 so many times before it does anything. */
let refusals = 0

/** A provider of machines: starts and stops agents of this cluster, once per request. */
beforeAll(async () => {
  cluster = await startCluster({ controllers: 2, nodes: ['n1'] })
  admin = await signInAdmin(cluster)
  provider = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const stamp = String(request.headers['x-qd-timestamp'])
      const signature = createHmac('sha256', SECRET).update(`${stamp}.${body}`).digest('hex')
      if (request.headers['x-qd-signature'] !== signature) return response.writeHead(401).end('not signed by you')
      const wish = JSON.parse(body) as Asked
      const isRepeated = asked.some((one) => one.request === wish.request)
      if (refusals > 0) {
        refusals -= 1
        return response.writeHead(503).end('no machines just now')
      }
      asked.push(wish)
      response.writeHead(202).end()
      if (!isRepeated) void act(wish)
    })
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  provider?.close()
  await cluster?.stop()
})

async function act({ kind, count = 0, nodeId, pool, request }: Asked): Promise<void> {
  if (kind === 'release') return await machines.get(nodeId ?? '')?.stop()
  for (let n = 1; n <= count; n++) {
    const id = `${request}-m${n}`
    machines.set(id, await cluster.addNode(id, { QD_POOL: pool }))
  }
}

const pools = async () => (await cluster.query<{ value: PoolView[] }>('pools.list')).value
async function burst(): Promise<PoolView> {
  const found = (await pools()).find(({ pool }) => pool === 'burst')
  if (!found) throw new Error('there is no pool burst')
  return found
}
async function untilBurst(what: string, fits: (pool: PoolView) => boolean): Promise<PoolView> {
  return await eventually(what, async () => {
    const pool = await burst()
    if (fits(pool)) return pool
    throw new Error(JSON.stringify(pool))
  })
}

/** Setting it is for admins. */
function setScaler(more: object): Promise<Response> {
  const policy = {
    pool: 'burst',
    min: 0,
    max: 3,
    url: `http://127.0.0.1:${(provider.address() as AddressInfo).port}/machines`,
    shape: { cpuMillis: 2_000, memoryBytes: 2 ** 30, taskSlots: 2 },
    upAfterMs: 0,
    downAfterMs: 2_000,
    bootMs: 60_000,
    ...more,
  }
  return admin.post('pools.setScaler', { policy, secret: SECRET, reason: 'test' })
}

describe('a pool with a provider', () => {
  it('grows for the tasks that wait, once, although the provider refuses at first and the leader dies', async () => {
    const slot = { pool: 'burst', resources: { cpuMillis: 1_000, memoryBytes: 2 ** 20 } }
    const ids = await Promise.all([1, 2, 3].map(() => submit(cluster, script('sleep 300', { name: 'burst', ...slot }))))
    // Not before all three wait: what looks a moment earlier asks for one machine, and later for another.
    refusals = 2
    expect((await setScaler({})).status).toBe(200)
    const refused = await untilBurst('the refusal is shown', ({ scaler }) => scaler?.request?.problem != null)
    expect(refused.scaler?.request?.problem).toBe('the provider answered 503: no machines just now')
    const leader = await cluster.leader()
    await leader.kill9()
    await eventually('two machines were asked for', () => asked.length > 0)
    for (const id of ids) expect((await untilState(cluster, id, 'running')).nodeId).toMatch(/^burst-1-m[12]$/)
    await leader.start()
    await untilBurst('the request is done', ({ scaler }) => scaler?.history[0]?.text === '2 nodes joined')
    expect(new Set(asked.map(({ request }) => request))).toEqual(new Set(['burst-1']))
    expect(asked[0]).toMatchObject({ kind: 'scale-up', pool: 'burst', count: 2, shape: { taskSlots: 2 } })
    expect(machines.size).toBe(2)
    for (const id of ids) await cluster.mutate('tasks.cancel', { id, reason: 'test' })
  })

  it('gives back what is spare, emptied first, down to its minimum, and forgets the machines', async () => {
    const gone = await untilBurst('it is empty', ({ usable, scaler }) => usable === 0 && scaler?.request === null)
    expect(gone.scaler?.history.slice(0, 2).map(({ isDone }) => isDone)).toEqual([true, true])
    expect(
      asked
        .filter(({ kind }) => kind === 'release')
        .map(({ nodeId }) => nodeId)
        .sort(),
    ).toEqual(['burst-1-m1', 'burst-1-m2'])
    const { value } = await cluster.query<{ value: { id: string }[] }>('nodes.list')
    expect(value.map(({ id }) => id)).toEqual(['n1'])
    expect(gone.scaler?.because).toMatch(/is gone|fewest/)
  })

  it('says what is wrong with what it is told, and never its secret', async () => {
    const bad = await setScaler({ url: 'http://provider.example/' })
    expect(bad.status).toBe(400)
    expect(await bad.text()).toContain('http:// only to localhost')
    expect(JSON.stringify(await pools())).not.toContain(SECRET)
  })
})
