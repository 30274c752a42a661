import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually, signInAdmin, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Qd, qdProcess } from './testing/qd-process.ts'

const example = (name: string) => fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url))

let cluster: TestCluster
let qd: Qd

beforeAll(async () => {
  cluster = await startCluster({ controllers: 1, nodes: ['n1', 'n2'] })
  const urls = cluster.controllers.map(({ url }) => url).join(',')
  qd = qdProcess({ HOME: path.join(cluster.dataDir, 'nobody'), QD_URL: urls, QD_TOKEN: cluster.apiToken })
})
afterAll(() => cluster?.stop())

describe('qd job', () => {
  it('applies a template, shows what it takes, and runs it with the values as they are', async () => {
    const file = example('job-template.yaml')
    expect((await qd(['apply', '-f', file, '--dry-run'])).out).toContain('Makes job template backup with 3 parameters.')
    expect(await qd(['job', 'apply', '-f', file, '--yes'])).toMatchObject({
      code: 0,
      out: 'Job template backup is created: version 1\n',
    })
    expect((await qd(['apply', '-f', file, '--yes'])).out).toContain('Job template backup: unchanged')
    expect((await qd(['job', 'show', 'backup'])).out).toContain('a whole number from 1 to 9')

    const ran = await qd(['job', 'run', 'backup', '-p', 'folder=/etc/hostname', '-p', 'level=1', '--follow'])
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.out).toMatch(/^\d+$/m)
    // Were it shell text, this would end with exit code 7.
    const nasty = await qd(['job', 'run', 'backup', '-p', 'folder=/x"; exit 7; "', '-p', 'verify=false', '--follow'])
    expect(nasty).toMatchObject({ code: 0 })
  })

  it('refuses a value in one sentence, and shows the task before it runs', async () => {
    const wrong = await qd(['job', 'run', 'backup', '-p', 'folder=/etc', '-p', 'level=12'])
    expect(wrong.code).not.toBe(0)
    expect(wrong.err).toContain('level "12" is not accepted: it must be a whole number from 1 to 9.')
    expect((await qd(['job', 'run', 'backup'])).err).toContain('folder must be given')
    const dry = await qd(['job', 'run', 'backup', '-p', 'folder=$(id)', '--dry-run'])
    expect(dry.out).toContain('"FOLDER": "$(id)"')
    expect((await qd(['job', 'ls'])).out).toContain('folder, level, verify')
    expect(await qd(['job', 'rm', 'backup'])).toMatchObject({ code: 0 })
    expect((await qd(['job', 'run', 'backup'])).err).toContain('There is no job template backup.')
  })
})

describe('qd apply of a service', () => {
  it('shows the plan that it makes, replica by replica, and carries out that one', async () => {
    const file = path.join(cluster.dataDir, 'quiet.yaml')
    const text = (seconds: number) =>
      `kind: service\nname: quiet\nreplicas: 2\ntask: { driver: exec, exec: { command: sleep, args: ["${seconds}"] } }\n`
    writeFileSync(file, text(500))
    expect((await qd(['apply', '-f', file, '--dry-run'])).out).toMatch(/version +0 -> 1\n[\s\S]*starts on n\d/)
    expect((await qd(['service', 'ls'])).out).not.toContain('quiet')
    const made = await qd(['apply', '-f', file, '--yes'])
    expect(made).toMatchObject({ code: 0, out: expect.stringContaining('Service quiet is being created') })
    const operation = /qd operation show (\S+)/.exec(made.out)?.[1] ?? ''
    const ended = JSON.parse((await qd(['operation', 'show', operation, '--wait', '--json'])).out) as {
      state: string
      service: { plan: { moves: { toNodeId: string }[] }; actual: { nodeId: string }[] }
    }
    expect(ended.state).toBe('done')
    expect(ended.service.actual.map(({ nodeId }) => nodeId)).toEqual(
      ended.service.plan.moves.map(({ toNodeId }) => toNodeId),
    )
    expect((await qd(['apply', '-f', file, '--yes'])).out).toContain('Service quiet: unchanged')
    writeFileSync(file, text(600))
    expect((await qd(['apply', '-f', file, '--yes'])).out).toContain('Service quiet is being updated')
    await qd(['service', 'rm', 'quiet', '--yes'])
  })
})

describe('qd workflow', () => {
  it('applies a workflow, runs it to its end, and shows each step with its reason', async () => {
    const file = example('workflow.yaml')
    expect((await qd(['apply', '-f', file, '--yes'])).out).toBe('Workflow release is created: version 1\n')
    const ran = await qd(['workflow', 'run', 'release', '--input', '{"target":"blue green"}', '--key', 'k1', '--wait'])
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.out).toContain('Its condition is not true: steps.count.value == 0')
    const again = await qd([
      'workflow',
      'run',
      'release',
      '--input',
      '{"target":"blue green"}',
      '--key',
      'k1',
      '--json',
    ])
    const { runId, existing } = JSON.parse(again.out) as { runId: string; existing: boolean }
    expect(existing).toBe(true)
    expect((await qd(['workflow', 'runs', 'release'])).out).toContain(runId)
    expect((await qd(['workflow', 'show', 'release'])).out).toContain('/bin/rm -f /tmp/release-{{TARGET}}.tgz')
    expect((await qd(['workflow', 'retry', runId])).err).toContain('succeeded; there is nothing to retry')
    expect((await qd(['workflow', 'cancel', runId])).err).toContain('has already ended (succeeded)')
    expect(await qd(['workflow', 'rm', 'release'])).toMatchObject({ code: 0 })
  })
})

describe('qd pool autoscale', () => {
  const SECRET = 'known to the two of us'
  const qdProgram = fileURLToPath(new URL('../dist/qd.mjs', import.meta.url))

  it('has the example provider start a machine, and is told only by admins', async () => {
    const urls = cluster.controllers.map(({ url }) => url).join(',')
    const home = path.join(cluster.dataDir, 'provider')
    const provider = spawn(process.execPath, [example('provider.mjs'), '0'], {
      env: {
        PATH: process.env.PATH ?? '',
        HOME: home,
        SECRET,
        FOLDER: home,
        QD_CONTROLLERS: urls,
        QD_JOIN_TOKEN: cluster.joinToken,
        QD: `${process.execPath} ${qdProgram}`,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const address = await new Promise<string>((resolve) => {
        provider.stdout.on('data', (chunk) => {
          const found = /http:\/\/\S+/.exec(String(chunk))?.[0]
          if (found) resolve(found)
        })
      })
      const words = ['pool', 'autoscale', 'extra', '--min', '1', '--max', '1', '--provider', address, '--secret-stdin']
      const refused = await qd(words, { stdin: SECRET })
      expect(refused.code).not.toBe(0)
      const ana = await signInAdmin(cluster)
      const made = await ana.mutate<{ token: string }>('tokens.createApi', { name: 'admin', role: 'admin' })
      const admin = qdProcess({ HOME: home, QD_URL: urls, QD_TOKEN: made.token })
      expect(
        (await admin(['pool', 'autoscale', 'extra', '--min', '3', '--max', '1', '--provider', address])).err,
      ).toContain('--min may not be above `max`')
      expect(await admin(words, { stdin: SECRET })).toMatchObject({ code: 0, out: 'extra has from 1 to 1 nodes\n' })
      await eventually('the machine has joined', async () => {
        const { out } = await qd(['pool', 'show', 'extra'])
        if (!out.includes('1 node joined')) throw new Error(out)
        return true
      })
      expect((await qd(['pool', 'ls'])).out).toMatch(/extra +1 +1 /)
      expect((await qd(['node', 'ls'])).out).toContain('extra-1-1')
      expect(await admin(['pool', 'autoscale', 'extra', '--off'])).toMatchObject({ code: 0 })
      expect((await qd(['pool', 'show', 'extra'])).out).toMatch(/autoscaled +no/)
    } finally {
      // Its machines end with it, and with the last of them its own process.
      const ended = new Promise((resolve) => provider.once('exit', resolve))
      provider.kill('SIGTERM')
      await ended
    }
  })
})

describe('qd task run', () => {
  it('says where a task may go in every way there is, and its plan is confirmed by name', async () => {
    const wishes = [
      '--spread',
      'zone',
      '--apart',
      'solo',
      '--prefer',
      '80:node=n2',
      '--port',
      'http',
      '--deadline',
      '5m',
    ]
    const planned = await qd([
      'task',
      'run',
      '--preview',
      '--name',
      'solo',
      ...wishes,
      '--',
      'sh',
      '-c',
      'echo $QD_TASK_PORT_HTTP',
    ])
    expect(planned.out).toMatch(/solo would run on n2: .*meets? its wishes best \(80\)/)
    const plan = /qd task confirm (\S+)/.exec(planned.out)?.[1] ?? ''
    const ran = await qd(['task', 'confirm', plan, '--follow'])
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.out).toMatch(/^2\d{4}$/m)
    expect((await qd(['task', 'confirm', plan])).out).toContain('(confirmed before)')
    const wrong = await qd(['task', 'run', '--spread', 'zone=0', '--', 'true'])
    expect(wrong.err).toContain('--spread "zone=0" is not accepted: write zone, rack=2')
  })

  it('shows what a taint would stop before it is set', async () => {
    const { out } = await qd(['task', 'run', '--name', 'stays-put', '--node', 'n1', '--', 'sleep', '300'])
    const id = out.trim()
    await eventually('it runs', async () => {
      return (await qd(['task', 'show', id])).out.includes('running')
    })
    const dry = await qd(['node', 'taint', 'n1', 'repair:no-execute', '--dry-run'])
    expect(dry.out).toContain(`stays-put (${id}) -> nowhere: is stopped at once for repair and waits`)
    expect((await qd(['node', 'taint', 'n1', 'repair:no-execute'])).err).toContain('Nothing was changed. Add --yes')
    await qd(['task', 'cancel', id])
  })

  it('plans a cordon, shows the plan by its id, and does just that', async () => {
    const dry = await qd(['node', 'cordon', 'n1', '--dry-run'])
    const planId = /qd node confirm (\S+)/.exec(dry.out)?.[1] ?? ''
    expect(dry.out).toContain(`Plan ${planId}: cordon n1`)
    expect((await qd(['plan', planId])).out).toBe(dry.out)
    const done = await qd(['node', 'confirm', planId, '--wait', '--json'])
    expect(done.code).toBe(0)
    const { id, act } = JSON.parse(done.out) as {
      id: string
      act: { plan: { room: { after: { nodes: number } } }; actual: { room: { nodes: number } } }
    }
    // What is free moves with the tasks of the tests before.
    expect(act.actual.room.nodes).toBe(act.plan.room.after.nodes)
    expect((await qd(['operation', 'show', id])).out).toMatch(/Nodes for new work +\d+ +\d+ +\d+/)
    expect(await qd(['node', 'confirm', planId])).toMatchObject({
      code: 1,
      err: expect.stringContaining('n1 is already cordoned.'),
    })
    await qd(['node', 'uncordon', 'n1'])
    expect((await qd(['plan', 'plan-none'])).err).toContain('There is no plan plan-none.')
  })

  it('keeps what the loss of a node or a zone would do as a plan, and says of it what differs by now', async () => {
    const { out } = await qd(['task', 'run', '--name', 'bound', '--node', 'n1', '--', 'sleep', '300'])
    const id = out.trim()
    await eventually('it runs', async () => (await qd(['task', 'show', id])).out.includes('running'))
    const lose = await qd(['node', 'lose', 'n1'])
    expect(lose.out).toMatch(/Plan \S+: if n1 were lost: .*1 has nowhere to go\./)
    const planId = /qd plan (\S+)/.exec(lose.out)?.[1] ?? ''
    expect((await qd(['plan', planId])).out).toContain('As of now it would do the same.')
    await qd(['task', 'cancel', id])
    await qd(['node', 'cordon', 'n1'])
    const zone = JSON.parse((await qd(['node', 'lose', '--zone', 'z1', '--json'])).out) as {
      zone: string
      nodeIds: string[]
    }
    expect(zone).toMatchObject({ zone: 'z1', nodeIds: expect.arrayContaining(['n1']) })
    await qd(['node', 'uncordon', 'n1'])
    expect((await qd(['node', 'lose'])).err).toContain('name at least one node, or --zone ZONE.')
  })
})
