import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'

const program = fileURLToPath(new URL('../dist/qd.mjs', import.meta.url))
const run = promisify(execFile)
let cluster: TestCluster

beforeAll(async () => {
  cluster = await startCluster({ controllers: 1, nodes: [] })
})
afterAll(() => cluster?.stop())

/** As on a host of a controller: with its store's address in the environment. */
function resetLink() {
  const env = { PATH: process.env.PATH ?? '', HOME: cluster.dataDir, QD_REDIS_URL: cluster.redis.url }
  return run(process.execPath, [program, 'auth', 'reset-link'], { env })
}

async function setUp(token: string): Promise<number> {
  const { url = '' } = cluster.controllers[0] ?? {}
  const response = await fetch(`${url}/trpc/auth.setUp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-qd-csrf': '1', origin: url },
    body: JSON.stringify({ token, userId: 'ana', password: 'correct horse battery' }),
  })
  return response.status
}

it('qd auth reset-link makes a new link that ends the old one, until there is a user', async () => {
  const { stdout } = await resetLink()
  const token = stdout.trim().split('/setup#')[1] ?? ''
  expect(await setUp(cluster.setupToken ?? '')).toBe(401)
  expect(await setUp(token)).toBe(200)
  await expect(resetLink()).rejects.toMatchObject({
    stderr: expect.stringContaining('There are users, so there is no link.'),
  })
})
