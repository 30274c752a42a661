import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DrainPlan, Operation, TaskRow } from '@quarterdeck/domain'
import { eventually, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Qd, qdProcess } from './testing/qd-process.ts'

const handlers = fileURLToPath(new URL('../../../examples/handlers.mjs', import.meta.url))
const PASSWORD = 'correct horse battery staple'

let cluster: TestCluster
let qd: Qd
let admin: Qd

beforeAll(async () => {
  cluster = await startCluster({
    controllers: 2,
    nodes: ['n1', 'n2', 'n3'],
    agentEnv: { QD_HANDLERS: handlers, QD_LABELS: 'disk=ssd' },
  })
  const urls = cluster.controllers.map(({ url }) => url).join(',')
  qd = qdProcess({ HOME: path.join(cluster.dataDir, 'nobody'), QD_URL: urls, QD_TOKEN: cluster.apiToken })
  admin = qdProcess({ HOME: path.join(cluster.dataDir, 'admin'), QD_URL: urls })
  const [first] = cluster.controllers
  await fetch(`${first?.url}/trpc/auth.setUp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: cluster.setupToken, userId: 'ana', password: PASSWORD }),
  })
})

afterAll(() => cluster?.stop())

async function json<Value>(args: readonly string[], as: Qd = qd): Promise<Value> {
  // Options of `task run` stand before the program: what follows it is the program's own.
  const isRun = args[0] === 'task' && args[1] === 'run'
  const { code, out, err } = await as(isRun ? ['task', 'run', '--json', ...args.slice(2)] : [...args, '--json'])
  expect({ args, code, err }).toMatchObject({ code: 0 })
  return JSON.parse(out) as Value
}

describe('qd schedule', () => {
  it('makes one, shows its next runs, starts it by hand, pauses, resumes and removes it', async () => {
    const args = ['schedule', 'apply', 'nightly', '--cron', '0 3 * * *', '--zone', 'Europe/Berlin', '--', 'echo', 'hi']
    expect((await qd(args)).out).toContain('Made')
    expect((await qd(['schedule', 'ls'])).out).toContain('0 3 * * * (Europe/Berlin)')
    const shown = await qd(['schedule', 'show', 'nightly'])
    expect(shown.out).toContain('UTC')
    const { taskId } = await json<{ taskId: string }>(['schedule', 'run', 'nightly'])
    await eventually('its run is in the history', async () =>
      (await qd(['schedule', 'show', 'nightly'])).out.includes(taskId),
    )
    expect(await qd(['schedule', 'pause', 'nightly', '--reason', 'holidays'])).toMatchObject({ code: 0 })
    expect((await qd(['schedule', 'show', 'nightly'])).out).toContain('holidays')
    expect(await qd(['schedule', 'resume', 'nightly'])).toMatchObject({ code: 0 })
    expect(await qd(['schedule', 'rm', 'nightly'])).toMatchObject({ code: 0 })
    expect((await qd(['schedule', 'show', 'nightly'])).code).not.toBe(0)
  })

  it('refuses a calendar without a zone, and two ways to say when', async () => {
    const bare = await qd(['schedule', 'apply', 'x', '--cron', '0 3 * * *', '--', 'true'])
    expect(bare.err).toContain('--zone')
    const both = await qd(['schedule', 'apply', 'x', '--every', '5m', '--after', '5m', '--', 'true'])
    expect(both.err).toContain('one of --cron, --every and --after')
  })
})

describe('qd task run --broadcast', () => {
  it('runs on every node that matches and shows the result of each', async () => {
    const ran = await qd([
      'task',
      'run',
      '--broadcast',
      '--wait',
      '--node',
      'n1,n2',
      '--',
      'sh',
      '-c',
      'exit $QD_SHARD_INDEX',
    ])
    expect(ran.code).toBe(1)
    expect(ran.out).toMatch(/n1 +succeeded +0/)
    expect(ran.out).toMatch(/n2 +\w+ +1/)
    expect((await qd(['broadcast', 'ls'])).out).toContain('sh')
  })
})

describe('qd task', () => {
  it('runs a program and passes on its output and its exit code', async () => {
    const ran = await qd([
      'task',
      'run',
      '--follow',
      '--retry',
      '1',
      '--',
      'sh',
      '-c',
      'echo out; echo err >&2; exit 7',
    ])
    expect(ran).toMatchObject({ code: 7, out: 'out\n' })
    expect(ran.err).toContain('err\n')
    expect(ran.err).toContain('exit code 7')
  })

  it('keeps a preview of a task as a plan that is confirmed by its id', async () => {
    const shown = await qd(['task', 'run', '--preview', '--', 'echo', 'planned'])
    expect(shown.out).toMatch(/^echo would run on /)
    const planId = /qd task confirm (\S+)/.exec(shown.out)?.[1] ?? ''
    expect(await qd(['task', 'confirm', planId, '--follow'])).toMatchObject({ code: 0, out: 'planned\n' })
    expect((await qd(['task', 'confirm', planId])).out).toContain('(confirmed before)')
    expect((await qd(['task', 'confirm', 'plan-of-nobody'])).err).toContain('There is no plan plan-of-nobody')
  })

  it('waits for the end and says how it was', async () => {
    const good = await qd(['task', 'run', '--wait', '--json', '--', 'echo', 'hi'])
    expect(good.code).toBe(0)
    expect(JSON.parse(good.out)).toMatchObject({ row: { state: 'succeeded', exit: { code: 0 } } })
    const bad = await qd(['task', 'run', '--wait', '--retry', '1', 'false'])
    expect(bad).toMatchObject({ code: 1, out: expect.stringContaining('exit code 1') })
  })

  it('runs a handler with its input and shows what it returned', async () => {
    const { code, out } = await qd(['task', 'run', '--wait', '--json', '--handler', 'echo', '--input', '{"size":3}'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ result: { value: { size: 3 } } })
  })

  it('shows the log of a task that has ended, and of one that runs', async () => {
    const { id } = (await json<{ row: TaskRow }>(['task', 'run', '--wait', '--', 'seq', '3'])).row
    expect((await qd(['task', 'logs', id])).out).toBe('1\n2\n3\n')

    const { taskId } = await json<{ taskId: string }>(['task', 'run', 'sh', '-c', 'echo begun; sleep 600'])
    await eventually(
      'the task prints its first line',
      async () => (await qd(['task', 'logs', taskId])).out === 'begun\n',
    )
    expect(await qd(['task', 'cancel', '--wait', taskId])).toMatchObject({
      code: 0,
      out: expect.stringContaining('cancelled'),
    })
    expect(await qd(['task', 'wait', taskId])).toMatchObject({ code: 128 + 15 })
  })

  it('ends the showing at Ctrl-C and not the task', async () => {
    const { taskId } = await json<{ taskId: string }>(['task', 'run', 'sleep', '600'])
    const interrupt = new AbortController()
    const following = qd(['task', 'logs', '--follow', taskId], { signal: interrupt.signal })
    await eventually('the task runs', async () => (await stateOf(taskId)) === 'running')
    interrupt.abort()
    expect(await following).toMatchObject({ code: 130, err: expect.stringContaining('The task goes on') })
    expect(await stateOf(taskId)).toBe('running')
    await qd(['task', 'cancel', taskId])
  })

  it('places by label and node, and explains what does not fit', async () => {
    const on = await json<{ row: TaskRow }>(['task', 'run', '--wait', '--node', 'n2', '--label', 'disk=ssd', 'true'])
    expect(on.row.nodeId).toBe('n2')
    const { taskId } = await json<{ taskId: string }>(['task', 'run', '--label', 'gpu', 'true'])
    await eventually('the refusal is explained', async () =>
      (await qd(['task', 'explain', taskId])).out.includes('gpu'),
    )
    expect(await stateOf(taskId)).toBe('queued')
    expect(await qd(['task', 'wait', taskId, '--timeout', '100ms'])).toMatchObject({ code: 124 })
    await qd(['task', 'cancel', taskId])
  })

  it('makes one task of many submits with one key, and refuses the key for other work', async () => {
    const args = ['task', 'run', '--json', '--idempotency-key', 'once', '--', 'echo', 'once']
    const all = await Promise.all(Array.from({ length: 6 }, () => qd(args)))
    const ids = new Set(all.map(({ out }) => (JSON.parse(out) as { taskId: string }).taskId))
    expect(ids.size).toBe(1)
    const other = await qd(['task', 'run', '--idempotency-key', 'once', '--', 'echo', 'twice'])
    expect(other.code).toBe(1)
    expect(other.err).toMatch(/^qd: .*key.*\n$/)
  })

  async function stateOf(id: string): Promise<string> {
    return (await json<{ value: { task: TaskRow } }>(['task', 'show', id])).value.task.state
  }
})

describe('qd node drain', () => {
  it('does what it said it would, and opens the node again when asked', async () => {
    for (let count = 0; count < 3; count++)
      await qd(['task', 'run', '--node', 'n1,n2,n3', '--on-drain', 'move', '--name', `mover-${count}`, 'sleep', '600'])
    const node = await eventually('a node has a task that moves', async () => {
      const rows = (await json<{ value: { tasks: TaskRow[] } }>(['task', 'ls', '--filter', 'state:running name:mover']))
        .value.tasks
      return rows.length === 3 ? rows[0]?.nodeId : undefined
    })
    expect(await qd(['node', 'drain', node])).toMatchObject({
      code: 1,
      err: expect.stringContaining('Nothing was changed. Add --yes'),
    })
    const preview = await json<DrainPlan>(['node', 'drain', node, '--dry-run'])
    expect(preview.counts.move).toBeGreaterThan(0)
    const { code, out } = await qd(['node', 'drain', node, '--yes', '--wait', '--json', '--reason', 'new kernel'])
    expect(code).toBe(0)
    const operation = JSON.parse(out) as Operation
    expect(operation).toMatchObject({ state: 'done', reason: 'new kernel' })
    // The drain confirms a preview of its own: between two looks the load may have changed.
    const planned = new Map(
      (operation.plan?.moves ?? [])
        .filter(({ fate }) => fate === 'moves')
        .map(({ taskId, toNodeId }) => [taskId, toNodeId]),
    )
    const moved = new Map(
      operation.actual.filter(({ taskId }) => planned.has(taskId)).map(({ taskId, toNodeId }) => [taskId, toNodeId]),
    )
    expect(moved).toEqual(planned)

    expect(
      (await json<{ value: { id: string; status: string }[] }>(['node', 'ls', '--filter', `name:${node}`])).value,
    ).toMatchObject([{ id: node, status: 'drained' }])
    expect((await qd(['node', 'undrain', node, '--uncordon'])).code).toBe(0)
    expect((await qd(['node', 'ls'])).out).toMatch(new RegExp(`${node} +ready`))
    await qd(['task', 'cancel', ...[...planned.keys()]])
  })
})

describe('qd auth, token, user', () => {
  it('signs a person in, keeps the session to its owner, and forgets it', async () => {
    expect(
      await admin(['auth', 'login', '--user', 'ana', '--password-stdin'], { stdin: 'wrong password here\n' }),
    ).toMatchObject({ code: 1 })
    expect(
      await admin(['auth', 'login', '--user', 'ana', '--password-stdin'], { stdin: `${PASSWORD}\n` }),
    ).toMatchObject({ code: 0 })
    const file = path.join(cluster.dataDir, 'admin/.config/quarterdeck/config.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).not.toContain(PASSWORD)
    expect((await admin(['auth', 'whoami'])).out).toBe('ana (user, admin)\n')

    const made = await json<{ token: string; view: { id: string } }>(
      ['token', 'create', 'api', '--name', 'ci', '--role', 'viewer'],
      admin,
    )
    const viewer = qdProcess({ QD_URL: cluster.controllers[1]?.url ?? '', QD_TOKEN: made.token, HOME: cluster.dataDir })
    expect(await viewer(['node', 'cordon', 'n1'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^qd: .*operator.*\n$/),
    })
    expect((await admin(['token', 'revoke', made.view.id])).code).toBe(0)
    expect(
      await admin(['user', 'create', 'ben', '--role', 'operator', '--password-stdin'], { stdin: 'short' }),
    ).toMatchObject({
      code: 1,
      err: expect.stringContaining('12 characters'),
    })
    expect((await admin(['audit', '--json'])).out).toMatch(/tokens\.createApi/)

    expect((await admin(['auth', 'logout'])).code).toBe(0)
    expect(await admin(['auth', 'whoami'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^qd: .*sign in.*\n$/i),
    })
  })
})

describe('qd with what cannot be', () => {
  const big = 'x'.repeat(100_000)

  it.each([
    ['an unknown node', ['node', 'show', 'web-99'], 'web-99'],
    ['an unknown node to drain', ['node', 'drain', 'web-99', '--dry-run'], 'web-99'],
    ['an unknown task', ['task', 'cancel', '01aaaaaaaaaaaaaaaaaaaaaaaa'], '01aaaaaaaaaaaaaaaaaaaaaaaa'],
    ['an unknown controller', ['control', 'transfer', 'c9'], 'c9'],
    ['an unknown token', ['token', 'revoke', 'zzz'], 'admin'],
    ['a strategy that does not exist', ['task', 'run', '--strategy', 'magic', 'true'], 'magic'],
    ['more arguments than fit', ['task', 'run', '--', 'echo', big, big], 'arguments together'],
    ['a limit below what is possible', ['task', 'run', '--memory-limit', '1', 'true'], 'memoryBytes'],
    ['a relative working folder', ['task', 'run', '--cwd', 'tmp', 'true'], 'absolute path'],
    ['a user name with a space', ['task', 'run', '--user', 'a b', 'true'], 'user name'],
  ])('refuses %s in one sentence', async (_what, args, words) => {
    const before = (await json<{ value: { total: number } }>(['task', 'ls'])).value.total
    const { code, out, err } = await qd(args)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain(words)
    expect(err).toMatch(/^qd: [^\n]*[.!?]\n$/)
    expect((await json<{ value: { total: number } }>(['task', 'ls'])).value.total).toBe(before)
  })

  it.each([
    ['a program that is not there', ['no-such-program-here'], 'no-such-program-here'],
    ['a folder that is not there', ['--cwd', '/no/such/folder', '--', 'true'], '/no/such/folder'],
  ])('ends a task with %s, and says so', async (_what, args, words) => {
    const { code, out } = await qd(['task', 'run', '--wait', '--retry', '1', ...args])
    expect(code).not.toBe(0)
    expect(out).toContain(words)
  })

  it('says which nodes refused to run as a user, and gives up after the time it was given', async () => {
    const { row } = JSON.parse(
      (await qd(['task', 'run', '--wait', '--json', '--user', 'daemon', '--queue-timeout', '3s', 'true'])).out,
    ) as {
      row: TaskRow
    }
    expect(row).toMatchObject({ state: 'timed-out', startedAtMs: null })
    expect((await qd(['task', 'show', row.id])).out).toContain('policy does not let tasks run as daemon')
  })

  it('refuses a join token that was used up, and one that never was', async () => {
    await admin(['auth', 'login', '--user', 'ana', '--password-stdin'], { stdin: PASSWORD })
    const { token } = await json<{ token: string }>(['token', 'create', 'join', '--uses', '1'], admin)
    const join = (name: string, secret: string) =>
      qdProcess({ HOME: path.join(cluster.dataDir, name) })([
        'agent',
        'join',
        '--name',
        name,
        '--join-token',
        secret,
        '--data-dir',
        path.join(cluster.dataDir, name),
        '--controllers',
        cluster.controllers[0]?.url ?? '',
      ])
    const [first] = cluster.controllers
    const used = await fetch(`${first?.url}/trpc/agents.join`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, name: 'first' }),
    })
    expect(used.status).toBe(200)
    for (const secret of [token, 'qdj_nothing_atall']) {
      const { code, err } = await join('second', secret)
      expect(code).not.toBe(0)
      expect(err).toMatch(/token/)
    }
    expect((await qd(['node', 'ls'])).out).not.toContain('second')
  })
})

describe('qd node advice', () => {
  it('points at a node on which several jobs fail, with the evidence and the command that helps', async () => {
    for (const name of ['bad-disk-1', 'bad-disk-2', 'bad-disk-1', 'bad-disk-2', 'bad-disk-1'])
      await qd(['task', 'run', '--name', name, '--node', 'n3', '--retry', '1', '--wait', '--', 'sh', '-c', 'exit 4'])
    const said = await eventually('n3 is pointed at', async () => {
      const { out } = await qd(['node', 'advice'])
      return out.includes('bad-disk-2 2 of 2') ? out : undefined
    })
    expect(said).toContain('bad-disk-1 3 of 3')
    expect(said).toMatch(/bad-disk-1 +1 +.* ago +exit code 4/)
    expect(said).toContain('qd node cordon n3')
  })
})
