import { type Browser, type BrowserContext, test as base, expect, request } from '@playwright/test'
import { startCluster, type TestCluster } from '@quarterdeck/testkit'

export { expect }

type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>
type Person = { readonly userId: string; readonly password: string }

export const ana: Person = { userId: 'ana', password: 'correct horse battery' }
export const vic: Person = { userId: 'vic', password: 'only looking around' }

type Cluster = TestCluster & {
  /** Address of the controller that serves the pages. */
  readonly url: string
  /** Cookies of a signed-in admin. */
  readonly adminState: StorageState
}

/** One cluster of real processes for all specs of a run, with an admin and a viewer. */
export const test = base.extend<object, { cluster: Cluster }>({
  cluster: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the wanted fixtures out of this pattern
    async ({}, use) => {
      const running = await startCluster({ controllers: 2, nodes: ['db-1', 'web-1', 'web-2'] })
      const url = addressOf(running)
      const adminState = await call(url, null, 'auth.setUp', { token: running.setupToken, ...ana })
      await call(url, adminState, 'users.create', { id: vic.userId, role: 'viewer', password: vic.password })
      await use({ ...running, url, adminState })
      await running.stop()
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  /** Pages are signed in as the admin unless a spec says otherwise. */
  storageState: ({ cluster }, use) => use(cluster.adminState),
})

/** Cookies of somebody who has just signed in. */
export function signedIn(url: string, person: Person): Promise<StorageState> {
  return call(url, null, 'auth.signIn', person)
}

export async function pageOf(browser: Browser, state: StorageState) {
  const context = await browser.newContext({ storageState: state })
  return context.newPage()
}

export function addressOf(cluster: TestCluster): string {
  const [first] = cluster.controllers
  if (!first) throw new Error('the cluster has no controller')
  return first.url
}

/** Calls the API as a browser would and returns the cookies afterwards. */
async function call(url: string, state: StorageState | null, procedure: string, input: unknown): Promise<StorageState> {
  const context = await request.newContext({ ...(state ? { storageState: state } : {}) })
  const reply = await context.post(`${url}/trpc/${procedure}`, {
    data: input,
    headers: { 'x-qd-csrf': '1', origin: url },
  })
  if (!reply.ok()) throw new Error(`${procedure}: ${await reply.text()}`)
  const after = await context.storageState()
  await context.dispose()
  return after
}
