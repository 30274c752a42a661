import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { allProcesses, eventually, isRunning, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { node, program, script, submit, task, untilState } from './tasks.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster({ controllers: 1, nodes: ['n1'] })
})
afterAll(() => cluster?.stop())

const once = { retry: { attemptsMax: 1 } }

describe('a task', () => {
  it('that prints 100 MB is bounded on disk, keeps the end of its output, and leaves its node ready', async () => {
    const id = await submit(
      cluster,
      script("head -c 104857600 /dev/zero | tr '\\0' 'x' | fold -w 200; echo the end", { name: 'loud', ...once }),
    )
    const ended = await untilState(cluster, id, 'succeeded')
    expect(ended.exit?.code).toBe(0)
    const { value } = await cluster.query<{
      value: { result: { logTail: { text: string }[]; logBytesTotal: number } }
    }>('tasks.get', { id })
    expect(value.result.logTail.at(-1)?.text).toContain('the end')
    expect(value.result.logTail.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(80 * 1024)
    expect((await node(cluster, 'n1')).health).toBe('ready')
    expect(bytesIn(path.join(cluster.agent('n1').dataDir, 'logs'))).toBeLessThanOrEqual(40 * 1024 * 1024)
  })

  it('that forks children and exits leaves none of them behind', async () => {
    const pidFile = path.join(cluster.sharedDir, 'orphan.pid')
    const id = await submit(
      cluster,
      script(`setsid sh -c 'echo $$ > ${pidFile}; exec sleep 600' & sleep 0.5; exit 0`, { name: 'forker', ...once }),
    )
    await untilState(cluster, id, 'succeeded')
    const pid = Number(readFileSync(pidFile, 'utf8').trim())
    await eventually('the child is gone', () => !isRunning(pid))
  })

  it('that ignores SIGTERM is killed after its grace when it is cancelled', async () => {
    const pidFile = path.join(cluster.sharedDir, 'stubborn.pid')
    const text = `trap '' TERM; echo $$ > ${pidFile}; while true; do sleep 0.2; done`
    const id = await submit(cluster, script(text, { name: 'stubborn', killGraceMs: 1_000, ...once }))
    await untilState(cluster, id, 'running')
    const pid = await eventually('it wrote its process id', () =>
      existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').trim()) : null,
    )
    await cluster.mutate('tasks.cancel', { id, reason: 'test' })
    const ended = await untilState(cluster, id, 'cancelled')
    expect(ended.exit?.signal).toBe('SIGKILL')
    expect(isRunning(pid)).toBe(false)
  })

  it('that fills its memory limit is stopped by it and says so', async () => {
    // Four times its limit: enough to be stopped, and no harm to the machine when it is not.
    const hog = 'const a = []; while (a.length < 64) a.push(Buffer.alloc(8 * 1024 * 1024, 1))'
    const id = await submit(cluster, {
      ...program(process.execPath, ['-e', hog], { name: 'hog', ...once }),
      exec: { command: process.execPath, args: ['-e', hog], limits: { memoryBytes: 128 * 1024 * 1024 } },
    })
    const ended = await untilState(cluster, id, 'failed', 'dead')
    const { value } = await cluster.query<{ value: { facts: { isolation: string } } }>('nodes.get', { id: 'n1' })
    if (value.facts.isolation.startsWith('cgroup')) expect(ended.exit?.outOfMemory).toBe(true)
    else expect(ended.exit?.code === 0).toBe(false)
    await eventually(
      'nothing of it is left',
      () => !allProcesses().some(({ command }) => command.includes('Buffer.alloc(8')),
    )
  })

  it('whose program does not exist ends with one sentence that names it', async () => {
    const id = await submit(cluster, program('/no/such/program', [], once))
    const ended = await untilState(cluster, id, 'failed', 'dead')
    expect(ended.exit?.error).toMatch(/\/no\/such\/program/)
  })

  it('that may not run as the user it names is sent back by its node in one sentence, and waits for one that lets it', async () => {
    const id = await submit(cluster, {
      ...program('/bin/true', [], once),
      exec: { command: '/bin/true', user: 'daemon' },
    })
    const rejected = await eventually('the node rejected it', async () => {
      const found = await task(cluster, id)
      return found.attempts.find(({ outcome }) => outcome === 'rejected')
    })
    expect(rejected.exit?.error).toMatch(/daemon/)
    expect(await task(cluster, id)).toMatchObject({ state: 'queued', failures: 0 })
    await cluster.mutate('tasks.cancel', { id, reason: 'test' })
    await untilState(cluster, id, 'cancelled')
  })
})

/** Size of all files below a folder. */
function bytesIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.reduce((sum, file) => sum + statSync(path.join(file.parentPath, file.name)).size, 0)
}
