import type { AppRouter } from '@quarterdeck/api'
import { freePort, startRedis, type TestRedis } from '@quarterdeck/testkit'
import { createTRPCClient, createWSClient, httpBatchLink, type TRPCClient, wsLink } from '@trpc/client'
import { WebSocket } from 'ws'
import { type RunningController, runController } from '../run-controller.ts'

export type TestCluster = {
  readonly redis: TestRedis
  readonly controllers: readonly RunningController[]
  stop(): Promise<void>
}

export type Api = TRPCClient<AppRouter>

/** Real controllers in this process, on free ports, over one private Redis. */
export async function startTestCluster(
  count: number,
  env: Readonly<Record<string, string>> = {},
): Promise<TestCluster> {
  const redis = await startRedis()
  const controllers: RunningController[] = []
  for (let index = 1; index <= count; index++) {
    controllers.push(
      await runController({
        QD_CONTROLLER_ID: `c${index}`,
        QD_PORT: String(await freePort()),
        QD_REDIS_URL: redis.url,
        QD_LOG_LEVEL: 'silent',
        ...env,
      }),
    )
  }
  return {
    redis,
    controllers,
    async stop() {
      await Promise.all(controllers.map((controller) => controller.stop()))
      await redis.stop()
    },
  }
}

/** The API over HTTP with these headers, one request per call. */
export function httpApi(url: string, headers: Readonly<Record<string, string>> = {}): Api {
  return createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${url}/trpc`, headers, maxItems: 1 })] })
}

/** What a signed-in page sends. */
export function pageHeaders(url: string, cookie: string): Record<string, string> {
  return { cookie, origin: url, 'sec-fetch-site': 'same-origin', 'x-qd-csrf': '1' }
}

/** The API over a WebSocket, with what the other side of the socket saw of its end. */
export function socketApi(url: string, path: '/agent' | '/ws', connectionParams: Readonly<Record<string, string>>) {
  const client = createWSClient({
    url: `${url.replace(/^http/, 'ws')}${path}`,
    connectionParams,
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    // One life per client: a test decides itself what comes after a close.
    retryDelayMs: () => 600_000,
  })
  return { api: createTRPCClient<AppRouter>({ links: [wsLink({ client })] }), close: () => client.close() }
}

/** Makes the first admin by the one-time link, as its page does. */
export async function setUpAdmin(controller: RunningController, password: string) {
  const token = controller.setupLink?.split('#')[1]
  if (!token) throw new Error('this controller has printed no setup link')
  const response = await fetch(`${controller.url}/trpc/auth.setUp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: controller.url, 'x-qd-csrf': '1' },
    body: JSON.stringify({ token, userId: 'ana', password }),
  })
  return { response, token, cookie: cookieOf(response) }
}

/** The `name=value` that a browser would send back. */
export function cookieOf(response: Response): string {
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

/** Waits until `look` answers something, with `because` in the failure. Generous: the machine may stand still for seconds. */
export async function until<Value>(because: string, look: () => Promise<Value | undefined | false>): Promise<Value> {
  const deadlineMs = performance.now() + 60_000
  for (;;) {
    const value = await look()
    if (value !== undefined && value !== false) return value
    if (performance.now() > deadlineMs) throw new Error(`did not happen within a minute: ${because}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
