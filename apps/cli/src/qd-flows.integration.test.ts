import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { startCluster, type TestCluster } from '@quarterdeck/testkit'
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
