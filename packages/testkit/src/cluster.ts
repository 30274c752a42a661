import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type AgentProcess, startAgent } from './agent-process.ts'
import { type ControllerProcess, startController } from './controller-process.ts'
import { eventually } from './eventually.ts'
import { freePort, type RedisOptions, startRedis, type TestRedis } from './redis.ts'

export type ClusterOptions = {
  readonly controllers?: number
  /** When Redis writes its log to the disk. Default `always`: a test that counts acknowledged writes needs it, a bench does not. */
  readonly appendfsync?: NonNullable<RedisOptions['appendfsync']>
  /** Names of the nodes to start. */
  readonly nodes?: readonly string[]
  readonly controllerEnv?: Readonly<Record<string, string>>
  readonly agentEnv?: Readonly<Record<string, string>>
  /** More environment for single nodes. */
  readonly nodeEnv?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export type ApiFailure = {
  readonly code: string
  readonly message: string
  readonly remedy?: string
  readonly field?: string
  readonly retryAfterMs?: number
}

/** A refusal of the API, with what it said. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly failure: ApiFailure
  readonly status: number

  constructor(status: number, failure: ApiFailure) {
    super(`${failure.code}: ${failure.message}`)
    this.failure = failure
    this.status = status
  }
}

export type TestCluster = {
  readonly redis: TestRedis
  readonly dataDir: string
  /** A folder that tasks may write to, whatever user they run as. */
  readonly sharedDir: string
  readonly controllers: readonly ControllerProcess[]
  readonly agents: Map<string, AgentProcess>
  readonly setupToken: string | null
  readonly joinToken: string
  readonly apiToken: string
  /** Asks a live controller; the next one when it does not answer. Rejects with `ApiError` for a refusal. */
  query<Reply>(procedure: string, input?: unknown): Promise<Reply>
  mutate<Reply>(procedure: string, input?: unknown): Promise<Reply>
  leader(): Promise<ControllerProcess>
  addNode(nodeId: string, env?: Readonly<Record<string, string>>): Promise<AgentProcess>
  agent(nodeId: string): AgentProcess
  stop(): Promise<void>
}

/** Redis, controllers and agents as real processes on free ports, with nothing shared with any other test. */
export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'qd-cluster-'))
  const sharedDir = await mkdtemp(path.join(tmpdir(), 'qd-shared-'))
  await chmod(sharedDir, 0o777)
  // What it acknowledged must be there after a kill -9; with `everysec` Redis may hold a second of it back.
  const redis = await startRedis({ appendfsync: options.appendfsync ?? 'always' })
  const starterFile = path.join(dataDir, 'starter.json')
  const common = { QD_REDIS_URL: redis.url, QD_LOG_LEVEL: 'info', ...options.controllerEnv }
  const controllers: ControllerProcess[] = []
  for (let index = 1; index <= (options.controllers ?? 3); index++) {
    const env = index === 1 ? { ...common, QD_STARTER_FILE: starterFile } : common
    controllers.push(await startController({ id: `c${index}`, port: await freePort(), dataDir, env }))
  }
  await eventually('the starter file is written', () => existsSync(starterFile))
  const starter = JSON.parse(readFileSync(starterFile, 'utf8')) as {
    setupToken: string | null
    joinToken: string
    apiToken: string
  }
  const agents = new Map<string, AgentProcess>()

  /**
   * Waits out the rate limit, as a good client does: a fast machine asks more often than one caller may, and what is refused altogether
   * whenever one of many reads is refused would starve.
   */
  async function call<Reply>(procedure: string, init: (url: string) => [string, RequestInit]): Promise<Reply> {
    for (;;) {
      try {
        return await callOnce<Reply>(procedure, init)
      } catch (error) {
        if (!(error instanceof ApiError) || error.failure.code !== 'rate_limited') throw error
        await new Promise((resolve) => setTimeout(resolve, error.failure.retryAfterMs ?? 10))
      }
    }
  }

  async function callOnce<Reply>(procedure: string, init: (url: string) => [string, RequestInit]): Promise<Reply> {
    let last: unknown = new Error('no controller is alive')
    for (const controller of controllers.filter((each) => each.isAlive())) {
      const [url, request] = init(controller.url)
      let response: Response
      try {
        response = await fetch(url, { ...request, signal: AbortSignal.timeout(20_000) })
      } catch (error) {
        last = error
        continue
      }
      const body = (await response.json()) as {
        result?: { data: Reply }
        error?: { message: string; data?: { cluster?: ApiFailure } }
      }
      if (body.result) return body.result.data
      throw new ApiError(
        response.status,
        body.error?.data?.cluster ?? {
          code: 'unknown',
          message: `${procedure}: ${JSON.stringify(body).slice(0, 500)}`,
        },
      )
    }
    throw last
  }
  const headers = { authorization: `Bearer ${starter.apiToken}`, 'content-type': 'application/json', 'x-qd-csrf': '1' }

  async function addNode(nodeId: string, env: Readonly<Record<string, string>> = {}) {
    const agent = await startAgent({
      nodeId,
      dataDir,
      env: {
        QD_CONTROLLERS: controllers.map(({ url }) => url).join(','),
        QD_JOIN_TOKEN: starter.joinToken,
        QD_ZONE: `z${(agents.size % 3) + 1}`,
        ...options.agentEnv,
        ...env,
      },
    })
    agents.set(nodeId, agent)
    return agent
  }

  const cluster: TestCluster = {
    redis,
    dataDir,
    sharedDir,
    controllers,
    agents,
    ...starter,
    addNode,
    query: (procedure, input) =>
      call(procedure, (url) => {
        const search = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`
        return [`${url}/trpc/${procedure}${search}`, { headers }]
      }),
    mutate: (procedure, input) =>
      call(procedure, (url) => [
        `${url}/trpc/${procedure}`,
        { method: 'POST', headers, body: JSON.stringify(input ?? {}) },
      ]),
    leader: () =>
      eventually('somebody leads', async () => {
        const view = await cluster.query<{ leader: { controllerId: string } | null }>('controlPlane.view')
        return controllers.find((each) => each.isAlive() && each.id === view.leader?.controllerId)
      }),
    agent(nodeId) {
      const agent = agents.get(nodeId)
      if (!agent) throw new Error(`there is no node ${nodeId}`)
      return agent
    },
    async stop() {
      await Promise.all([...agents.values()].map((agent) => agent.stop()))
      await Promise.all(controllers.map((controller) => controller.stop()))
      await redis.stop()
      for (const folder of [dataDir, sharedDir]) await rm(folder, { recursive: true, force: true })
    },
  }

  const names = options.nodes ?? ['n1', 'n2', 'n3']
  for (const nodeId of names) await addNode(nodeId, options.nodeEnv?.[nodeId])
  await eventually(`${names.length} nodes are ready`, async () => {
    const { value } = await cluster.query<{ value: { id: string; status: string }[] }>('nodes.list')
    return value.filter(({ status }) => status === 'ready').length === names.length
  })
  return cluster
}
