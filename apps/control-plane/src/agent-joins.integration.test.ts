import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { LogLine } from '@quarterdeck/domain/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Api,
  httpApi,
  pageHeaders,
  setUpAdmin,
  socketApi,
  startTestCluster,
  type TestCluster,
  until,
} from './testing/test-cluster.ts'

let cluster: TestCluster
let folder: string
let agent: ChildProcess | undefined
let admin: Api

beforeAll(async () => {
  cluster = await startTestCluster(2)
  folder = await mkdtemp(path.join(tmpdir(), 'qd-join-'))
  const first = controller(0)
  const { cookie } = await setUpAdmin(first, 'correct horse battery staple')
  admin = httpApi(first.url, pageHeaders(first.url, cookie))
})
afterAll(async () => {
  if (agent?.exitCode === null) {
    const ended = new Promise((resolve) => agent?.once('exit', resolve))
    agent.kill('SIGTERM')
    await ended
  }
  await cluster.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('a machine with nothing but Node', () => {
  it('gets the agent from a controller, joins by one line, and runs a task', async () => {
    const { url } = controller(0)
    const program = path.join(folder, 'qd-agent.mjs')
    await writeFile(program, Buffer.from(await (await fetch(`${url}/agent.mjs`)).arrayBuffer()))
    const { token } = await admin.tokens.createJoin.mutate({})
    const { PATH = '' } = process.env
    // The words that Settings shows beside a new join token.
    agent = spawn(process.execPath, [program, 'join', '--controllers', url, '--token', token, '--name', 'web-1'], {
      env: { PATH, HOME: folder },
      stdio: 'ignore',
    })
    await until('the node is ready', async () =>
      (await admin.nodes.list.query()).value.some(({ health }) => health === 'ready'),
    )

    const { row } = await admin.tasks.run.mutate({
      task: { name: 'hello', driver: 'exec', exec: { command: '/bin/echo', args: ['from web-1'] } },
      waitMs: 55_000,
    })
    expect(row.state).toBe('succeeded')
  })

  it('shows its output through the controller that it is not connected to', async () => {
    const { token } = await admin.tokens.createApi.mutate({ name: 'reader', role: 'viewer' })
    const [task] = (await admin.tasks.list.query({})).value.tasks
    if (!task) throw new Error('no task')
    for (const { url } of cluster.controllers) {
      await until('the token is known here', async () => {
        const state = await httpApi(url, { authorization: `Bearer ${token}` }).auth.state.query()
        return state.me !== null
      })
      const { api, close } = socketApi(url, '/ws', { token })
      const lines = await new Promise<LogLine[]>((resolve, reject) => {
        const seen: LogLine[] = []
        api.tasks.logs.subscribe(
          { id: task.id },
          {
            onData: ({ data }) => void seen.push(data),
            onComplete: () => resolve(seen),
            onStopped: () => resolve(seen),
            onError: reject,
          },
        )
      })
      expect(lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)).toEqual(['from web-1'])
      await close()
    }
  })
})

function controller(index: number) {
  const found = cluster.controllers[index]
  if (!found) throw new Error(`no controller ${index}`)
  return found
}
