import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { eventually, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { events, untilState as untilTask } from './tasks.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster({ controllers: 3, nodes: ['n1', 'n2'] })
})
afterAll(() => cluster?.stop())

type RunView = {
  id: string
  state: string
  because: string
  retries: number
  steps: { name: string; state: string; taskId: string | null; why: string; undo: { state: string } | null }[]
}

/** A step that runs a shell script once. */
function step(name: string, command: string, more: object = {}) {
  return { name, task: work(command), ...more }
}

function work(command: string) {
  return { driver: 'exec', exec: { command, shell: true }, retry: { attemptsMax: 1 }, killGraceMs: 0 }
}

async function save(name: string, steps: object[], more: object = {}): Promise<void> {
  await cluster.mutate('workflows.save', { spec: { name, steps, ...more } })
}

async function start(id: string, input: unknown = null): Promise<string> {
  return (await cluster.mutate<{ runId: string }>('workflows.start', { id, input })).runId
}

async function runOf(id: string): Promise<RunView> {
  return (await cluster.query<{ value: RunView }>('workflows.run', { id })).value
}

function untilState(id: string, ...states: string[]): Promise<RunView> {
  return eventually(`run ${id} is ${states.join(' or ')}`, async () => {
    const run = await runOf(id)
    if (states.includes(run.state)) return run
    throw new Error(`it is ${run.state}: ${JSON.stringify(run.steps)}`)
  })
}

const states = ({ steps }: RunView) => Object.fromEntries(steps.map(({ name, state }) => [name, state]))
const lines = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [])

describe('a workflow', () => {
  it('takes the branch that a value asks for, hands values on, and joins', async () => {
    const file = path.join(cluster.sharedDir, 'said')
    await save('branches', [
      step('count', 'echo some noise; echo \'{"rows": 12, "name": "a; touch /tmp/qd-injected #"}\''),
      step('many', 'true', { after: ['count'], when: 'steps.count.value.rows > input.most' }),
      step('few', 'true', { after: ['count'], when: 'steps.count.value.rows <= input.most' }),
      {
        name: 'tell',
        after: ['many', 'few'],
        needs: 'any',
        task: {
          driver: 'exec',
          exec: { command: '/bin/sh', args: ['-c', `printf '%s|%s\\n' "$ROWS" "$1" > ${file}`, 'sh', '{{NAME}}'] },
        },
        inputs: { ROWS: 'steps.count.value.rows', NAME: 'steps.count.value.name' },
      },
    ])
    const run = await untilState(await start('branches', { most: 10 }), 'succeeded', 'failed')
    expect(run.state).toBe('succeeded')
    expect(states(run)).toEqual({ count: 'succeeded', many: 'succeeded', few: 'skipped', tell: 'succeeded' })
    expect(run.steps[2]?.why).toBe('Its condition is not true: steps.count.value.rows <= input.most')
    expect(lines(file)).toEqual(['12|a; touch /tmp/qd-injected #'])
  })

  it('undoes what was done, the newest first, when a branch fails, and then is retried to its end', async () => {
    const log = path.join(cluster.sharedDir, 'done')
    const flag = path.join(cluster.sharedDir, 'works-now')
    const undone = (name: string, after: string[]) =>
      step(name, `echo ${name} >> ${log}`, { after, compensate: { task: work(`echo undo-${name} >> ${log}`) } })
    await save('saga', [
      step('kept', `echo kept >> ${log}`),
      undone('book', ['kept']),
      undone('pay', ['book']),
      step('ship', `test -e ${flag} && echo ship >> ${log}`, { after: ['pay'] }),
      step('never', 'true', { after: ['ship'] }),
    ])
    const id = await start('saga')
    const failed = await untilState(id, 'failed')
    expect(failed.because).toBe('Step ship failed: Exit code 1.')
    expect(lines(log)).toEqual(['kept', 'book', 'pay', 'undo-pay', 'undo-book'])
    expect(failed.steps.map(({ undo }) => undo?.state ?? null)).toEqual([null, 'done', 'done', null, null])
    expect(states(failed)).toMatchObject({ kept: 'succeeded', ship: 'failed', never: 'cancelled' })

    await cluster.mutate('tasks.submit', { name: 'repair', ...work(`touch ${flag}`) })
    await eventually('the fault is repaired', async () => existsSync(flag))
    await cluster.mutate('workflows.retry', { id, reason: 'repaired' })
    const done = await untilState(id, 'succeeded', 'failed')
    expect(done).toMatchObject({ state: 'succeeded', retries: 1 })
    // What was not undone did not run again.
    expect(lines(log)).toEqual(['kept', 'book', 'pay', 'undo-pay', 'undo-book', 'book', 'pay', 'ship'])
    const said = (await events(cluster, { subject: { kind: 'workflow-run', id } })).map(({ type }) => type)
    expect(said).toEqual(['workflow.succeeded', 'workflow.changed', 'workflow.failed', 'workflow.compensating'])
  })

  it('neither loses nor doubles a step when the leader is killed in the middle of the run', async () => {
    const log = path.join(cluster.sharedDir, 'steps')
    const names = ['s0', 's1', 's2', 's3', 's4', 's5']
    const chain = names.map((name, index) =>
      step(name, `sleep 1; echo ${name} >> ${log}`, { after: names.slice(0, index).slice(-1) }),
    )
    const side = names.map((name) => step(`side-${name}`, `echo side-${name} >> ${log}`, { after: [name] }))
    const last = step('join', `echo join >> ${log}`, { after: [...names, ...names.map((name) => `side-${name}`)] })
    await save('chain', [...chain, ...side, last])
    const id = await start('chain')
    for (const name of ['s1', 's3']) {
      await eventually(`${name} runs`, async () => states(await runOf(id))[name] === 'running')
      const leader = await cluster.leader()
      await leader.kill9()
      await eventually('another controller leads', async () => (await cluster.leader()).id !== leader.id)
      await leader.start()
    }
    const run = await untilState(id, 'succeeded', 'failed')
    expect(run.state).toBe('succeeded')
    const all = [...names, ...names.map((name) => `side-${name}`), 'join']
    expect(lines(log).sort()).toEqual([...all].sort())
    expect(lines(log).at(-1)).toBe('join')
    expect(run.steps.map(({ taskId }) => taskId)).toEqual(all.map((_, index) => `${id}.${index}.0`))
  })

  it('when it is cancelled ends what runs and undoes what was done', async () => {
    const log = path.join(cluster.sharedDir, 'cancelled')
    await save('long', [
      step('first', 'true', { compensate: { task: work(`echo undone >> ${log}`) } }),
      step('second', 'sleep 600', { after: ['first'] }),
      step('third', 'true', { after: ['second'] }),
    ])
    const id = await start('long')
    const second = `${id}.1.0`
    await eventually('the second step is made', async () => states(await runOf(id)).second === 'running')
    await untilTask(cluster, second, 'running')
    await cluster.mutate('workflows.cancel', { id, reason: 'wrong day' })
    const run = await untilState(id, 'cancelled')
    expect(states(run)).toEqual({ first: 'succeeded', second: 'cancelled', third: 'cancelled' })
    expect(lines(log)).toEqual(['undone'])
  })

  it('is refused in one sentence that names the field when its steps go in a circle', async () => {
    const circle = save('circle', [step('a', 'true', { after: ['b'] }), step('b', 'true', { after: ['a'] })])
    await expect(circle).rejects.toThrow('goes round in a circle: a after b after a')
    await expect(save('unknown', [step('a', 'true', { after: ['x'] })])).rejects.toThrow('there is no step "x"')
  })
})
