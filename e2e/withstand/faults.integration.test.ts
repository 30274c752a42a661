import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { eventually, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { events, script, submit, type TaskView, task, untilState } from './tasks.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster({ controllers: 2, nodes: ['n1', 'n2', 'n3'] })
})
afterAll(() => cluster?.stop())

type Breaker = { job: string; nodeId: string; state: string; trips: number; because: string; untilMs: number }
type Ended = {
  row: { id: string; state: string; background?: boolean; despite?: string }
  result: { value?: unknown } | null
}

const quick = { attemptsMax: 3, backoffBaseMs: 10, backoffCapMs: 50 }
const nodesOf = ({ attempts }: TaskView) => attempts.map(({ nodeId }) => nodeId)

async function breakers(job: string): Promise<readonly Breaker[]> {
  const { value } = await cluster.query<{ value: readonly Breaker[] }>('faults.breakers')
  return value.filter((breaker) => breaker.job === job)
}

describe('a failing task', () => {
  it('with failover is tried on other nodes, then is a dead letter', async () => {
    const id = await submit(cluster, script('exit 3', { name: 'over', retry: quick }))
    const ended = await untilState(cluster, id, 'dead')
    expect(new Set(nodesOf(ended)).size).toBe(3)
    expect(ended.failures).toBe(3)
  })

  it('with failfast has one attempt, and one that is lost with its node stays unknown', async () => {
    const failing = await submit(
      cluster,
      script('exit 3', { name: 'fast', retry: quick, faults: { strategy: 'failfast' } }),
    )
    expect(await untilState(cluster, failing, 'failed', 'dead')).toMatchObject({ state: 'failed', attempt: 1 })

    const runs = path.join(cluster.sharedDir, 'fast.runs')
    const lost = await submit(
      cluster,
      script(`echo run >> ${runs}; sleep 300`, {
        name: 'fast-lost',
        onNodes: ['n3'],
        faults: { strategy: 'failfast' },
      }),
    )
    await untilState(cluster, lost, 'running')
    cluster.agent('n3').pause()
    try {
      await untilState(cluster, lost, 'unknown')
    } finally {
      cluster.agent('n3').resume()
    }
    await untilState(cluster, lost, 'running')
    await cluster.mutate('tasks.cancel', { id: lost, reason: 'test' })
    await untilState(cluster, lost, 'cancelled')
    expect(readFileSync(runs, 'utf8')).toBe('run\n')
  })

  it('with failsafe counts as succeeded and says that an error was ignored', async () => {
    const id = await submit(cluster, script('exit 3', { name: 'safe', retry: quick, faults: { strategy: 'failsafe' } }))
    expect(await untilState(cluster, id, 'succeeded')).toMatchObject({
      despite: 'ignored',
      failures: 3,
      exit: { code: 3 },
    })
    const said = await events(cluster, { types: ['task.failure-ignored'] })
    expect(said.some(({ text }) => text.includes('counts as succeeded'))).toBe(true)
  })

  it('with a fallback value gives it as its result', async () => {
    const work = script('exit 3', {
      name: 'fallback',
      retry: { attemptsMax: 1 },
      faults: { fallbackValue: { rows: 0 } },
    })
    const ended = await cluster.mutate<Ended>('tasks.run', { task: work, waitMs: 20_000 })
    expect(ended).toMatchObject({ row: { state: 'succeeded', despite: 'fallback' }, result: { value: { rows: 0 } } })
  })

  it('with other work as fallback has it run once in its place, and is no dead letter', async () => {
    const runs = path.join(cluster.sharedDir, 'fallback.runs')
    const id = await submit(
      cluster,
      script('exit 3', {
        name: 'replaced',
        retry: quick,
        onNodes: ['n2'],
        faults: { fallbackWork: { driver: 'exec', exec: { command: `echo $QD_TASK_ID >> ${runs}`, shell: true } } },
      }),
    )
    await untilState(cluster, id, 'dead')
    const fallback = await eventually('its fallback is noted', async () => {
      const { value } = await cluster.query<{ value: { task: { fallback?: string } } }>('tasks.get', { id })
      return value.task.fallback
    })
    expect(await untilState(cluster, fallback, 'succeeded')).toMatchObject({ nodeId: 'n2', name: 'replaced' })
    expect(readFileSync(runs, 'utf8')).toBe(`${fallback}\n`)
    const { reasons } = await cluster.query<{ reasons: string[] }>('tasks.explain', { id: fallback })
    expect(reasons).toContain(`It is the fallback of ${id}, whose attempts all failed.`)
    const letters = await cluster.query<{ value: { letters: { id: string }[] } }>('tasks.deadLetters', {
      job: 'replaced',
    })
    expect(letters.value.letters).toEqual([])
    await expect(
      submit(
        cluster,
        script('exit 3', { faults: { fallbackValue: 1, fallbackWork: { driver: 'exec', exec: { command: 'true' } } } }),
      ),
    ).rejects.toMatchObject({ failure: { code: 'bad_input', field: 'faults.fallbackWork' } })
  })

  it('with a job template as fallback runs that job, and says so when there is none any more', async () => {
    const runs = path.join(cluster.sharedDir, 'rescue.runs')
    const rescue = {
      name: 'rescue',
      parameters: [{ name: 'level', type: 'number', min: 1, max: 9 }],
      task: {
        driver: 'exec',
        exec: { command: 'sh', args: ['-c', `echo level $1 >> ${runs}`, 'sh', '{{level}}'] },
        onNodes: ['n1'],
      },
    }
    await cluster.mutate('jobTemplates.save', { spec: rescue })
    const failing = (call: object) =>
      submit(
        cluster,
        script('sleep 1; exit 3', { name: 'rescued', onNodes: ['n2'], retry: quick, faults: { fallbackJob: call } }),
      )
    await expect(failing({ id: 'nothing' })).rejects.toMatchObject({
      failure: { code: 'job_template_not_found', field: 'faults.fallbackJob' },
    })
    await expect(failing({ id: 'rescue', values: { level: 12 } })).rejects.toMatchObject({
      failure: { code: 'bad_input', field: 'faults.fallbackJob.values.level' },
    })

    type Detail = { value: { task: { fallback?: string; noFallback?: string } } }
    const detail = async (id: string) => (await cluster.query<Detail>('tasks.get', { id })).value.task
    const id = await failing({ id: 'rescue', values: { level: '3' } })
    const fallback = await eventually('its fallback is noted', async () => (await detail(id)).fallback)
    expect(await untilState(cluster, fallback, 'succeeded')).toMatchObject({ nodeId: 'n1', name: 'rescue' })
    expect(readFileSync(runs, 'utf8')).toBe('level 3\n')

    const late = await failing({ id: 'rescue', values: { level: 4 } })
    await cluster.mutate('jobTemplates.remove', { id: 'rescue', reason: 'test' })
    const because = await eventually('it says why not', async () => (await detail(late)).noFallback)
    expect(because).toBe('There is no job template rescue.')
    const { reasons } = await cluster.query<{ reasons: string[] }>('tasks.explain', { id: late })
    expect(reasons).toContain('Its fallback did not run: There is no job template rescue.')
  })

  it('with a deadline begins no attempt that would come too late, and says so', async () => {
    const slow = script('sleep 2', { name: 'dated', retry: quick })
    await untilState(cluster, await submit(cluster, slow), 'succeeded')
    const id = await submit(
      cluster,
      script('sleep 1; exit 3', { name: 'dated', retry: quick, faults: { deadlineMs: 2_500 } }),
    )
    expect(await untilState(cluster, id, 'dead')).toMatchObject({ attempt: 1, failures: 1 })
    const { reasons } = await cluster.query<{ reasons: string[] }>('tasks.explain', { id })
    expect(reasons.join(' ')).toMatch(/It was not tried again: .*deadline/)
    const said = await events(cluster, { types: ['task.dead'] })
    expect(said.map(({ text }) => text).join('\n')).toMatch(
      /dated .*(half the runs of dated take 2|its deadline of 2\.5s)/,
    )
  })

  it('with failsilent keeps its job away from the node where it failed, and no other job', async () => {
    const spoilt = path.join(cluster.sharedDir, 'spoilt')
    writeFileSync(spoilt, '')
    // Fails on whichever node it comes to first, and on no other.
    const text = `if [ -e ${spoilt} ]; then rm ${spoilt}; exit 3; fi`
    const silent = { name: 'silent', retry: quick, faults: { strategy: 'failsilent' } }
    const first = await untilState(cluster, await submit(cluster, script(text, silent)), 'succeeded')
    const shunned = first.attempts.at(-1)?.nodeId ?? ''
    expect(await breakers('silent')).toMatchObject([{ nodeId: shunned, state: 'open', trips: 1 }])
    const later = await Promise.all([1, 2, 3, 4, 5, 6].map(() => submit(cluster, script('exit 0', silent))))
    for (const id of later) expect(nodesOf(await untilState(cluster, id, 'succeeded'))).not.toContain(shunned)
    const other = await submit(
      cluster,
      script('exit 0', { name: 'another', notOnNodes: ['n1', 'n2', 'n3'].filter((id) => id !== shunned) }),
    )
    expect(nodesOf(await untilState(cluster, other, 'succeeded'))).toEqual([shunned])
  })

  it('with failback answers its caller at the first failure and goes on in the background, unless that is paused', async () => {
    const mended = path.join(cluster.sharedDir, 'mended')
    const work = script(`test -e ${mended}`, { name: 'back', faults: { strategy: 'failback' } })
    await cluster.mutate('faults.setFailbackPaused', { paused: true, reason: 'test' })
    const answer = await cluster.mutate<Ended>('tasks.run', { task: work, waitMs: 15_000 })
    expect(answer.row).toMatchObject({ state: 'delayed', background: true })
    writeFileSync(mended, '')
    // Its pause is five seconds; it is held beyond that.
    const dueAtMs = performance.now() + 7_000
    await eventually('its pause is over', () => performance.now() > dueAtMs)
    expect(await task(cluster, answer.row.id)).toMatchObject({ state: 'delayed', attempt: 1 })
    expect(await cluster.query('faults.failback')).toMatchObject({ value: { paused: true, waiting: 1 } })
    await cluster.mutate('faults.setFailbackPaused', { paused: false, reason: 'test' })
    expect(await untilState(cluster, answer.row.id, 'succeeded')).toMatchObject({ attempt: 2, failures: 1 })
  })

  it('raced on a few nodes succeeds with the first, and the others are stopped', async () => {
    const text = 'case "$QD_SHARD_INDEX" in 0) sleep 300;; 1) exit 3;; *) exit 0;; esac'
    const { broadcastId } = await cluster.mutate<{ broadcastId: string }>('broadcasts.submit', {
      task: script(text, { name: 'race', retry: { attemptsMax: 1 } }),
      race: { forks: 3 },
    })
    const ended = await eventually('the race is over', async () => {
      const { value } = await cluster.query<{
        value: { state: string; winner?: string; children: { taskId: string; ended: string | null }[] }
      }>('broadcasts.get', { id: broadcastId })
      return value.state === 'running' ? null : value
    })
    expect(ended.state).toBe('succeeded')
    expect(ended.children.map(({ ended: state }) => state)).toEqual(['cancelled', 'failed', 'succeeded'])
    expect(ended.winner).toBe(ended.children[2]?.taskId)
  })
})

describe('the breaker of a job on a node', () => {
  it('opens after five failures in a row, tries again by itself, and closes on work', async () => {
    const broken = path.join(cluster.sharedDir, 'broken')
    writeFileSync(broken, '')
    // Two nodes, so that breakers concern it; broken on n1 only, and n2 takes part only in the beginning.
    const text = `if [ "$QD_NODE_ID" = n1 ] && [ -e ${broken} ]; then exit 3; fi`
    const job = (more: object = {}) =>
      script(text, { name: 'breaks', onNodes: ['n1', 'n2'], strategy: 'first', retry: { attemptsMax: 1 }, ...more })
    for (let n = 0; n < 5; n++) await untilState(cluster, await submit(cluster, job()), 'failed')
    await eventually('it is open', async () => (await breakers('breaks'))[0]?.state === 'open')
    expect(await breakers('breaks')).toMatchObject([{ nodeId: 'n1', because: '5 attempts in a row failed there' }])

    const elsewhere = await untilState(cluster, await submit(cluster, job()), 'succeeded')
    expect(nodesOf(elsewhere)).toEqual(['n2'])
    const why = JSON.stringify(await cluster.query('tasks.explain', { id: elsewhere.id, nodeId: 'n1' }))
    expect(why).toContain('the breaker of breaks on n1 is open')

    await eventually('it is half-open', async () => (await breakers('breaks'))[0]?.state === 'half-open')
    await untilState(cluster, await submit(cluster, job()), 'failed')
    await eventually('it is open again, for longer', async () => (await breakers('breaks'))[0]?.trips === 2)

    rmSync(broken)
    await eventually('it is half-open again', async () => (await breakers('breaks'))[0]?.state === 'half-open')
    for (let n = 0; n < 3; n++) await untilState(cluster, await submit(cluster, job()), 'succeeded')
    await eventually('it is closed', async () => (await breakers('breaks'))[0]?.state === 'closed')
    expect(existsSync(broken)).toBe(false)
    const said = (await events(cluster, { subject: { kind: 'node', id: 'n1' } })).map(({ type }) => type)
    expect(said).toEqual(expect.arrayContaining(['breaker.opened', 'breaker.half-open', 'breaker.closed']))
  })

  it('outlives its leader, and can be closed by hand', async () => {
    const job = script('test "$QD_NODE_ID" != n1', {
      name: 'outlives',
      onNodes: ['n1', 'n2'],
      strategy: 'first',
      retry: { attemptsMax: 1 },
    })
    for (let n = 0; n < 5; n++) await untilState(cluster, await submit(cluster, job), 'failed')
    await eventually('it is open', async () => (await breakers('outlives'))[0]?.state === 'open')
    const leader = await cluster.leader()
    await leader.kill9()
    const other = await eventually('another controller leads', async () => {
      const next = await cluster.leader()
      return next.id === leader.id ? null : next
    })
    expect(other.id).not.toBe(leader.id)
    expect(await breakers('outlives')).toMatchObject([{ nodeId: 'n1', trips: 1 }])
    await leader.start()
    await cluster.mutate('faults.closeBreaker', { job: 'outlives', nodeId: 'n1', reason: 'mended by hand' })
    expect(await breakers('outlives')).toMatchObject([{ state: 'closed' }])
    await expect(
      cluster.mutate('faults.closeBreaker', { job: 'nobody', nodeId: 'n1', reason: 'test' }),
    ).rejects.toMatchObject({ failure: { code: 'breaker_not_found' } })
  })
})

describe('dead letters', () => {
  type DeadLetters = {
    letters: { id: string; replayedAs: string | null }[]
    total: number
    replayable: { job: string; count: number }[]
  }
  type Replay = { replayed: { id: string; taskId: string }[]; refused: unknown[]; left: number }

  it('are listed by job and run again together, each once however often it is asked', async () => {
    const mended = path.join(cluster.sharedDir, 'mended-letters')
    const job = script(`test -e ${mended}`, { name: 'letter', retry: quick, faults: { breaker: false } })
    const ids = await Promise.all([1, 2, 3].map(() => submit(cluster, job)))
    for (const id of ids) await untilState(cluster, id, 'dead')
    const list = async () =>
      (await cluster.query<{ value: DeadLetters }>('tasks.deadLetters', { job: 'letter', limit: 10 })).value
    expect(await list()).toMatchObject({ total: 3, replayable: [{ job: 'letter', count: 3 }] })

    writeFileSync(mended, '')
    const answers = await Promise.all([1, 2].map(() => cluster.mutate<Replay>('tasks.replay', { job: 'letter' })))
    expect(new Set(answers.flatMap(({ replayed }) => replayed.map(({ id }) => id)))).toEqual(new Set(ids))
    const after = await list()
    expect(after.replayable).toEqual([])
    for (const { replayedAs } of after.letters) await untilState(cluster, replayedAs ?? '', 'succeeded')
    expect(new Set(after.letters.map(({ replayedAs }) => replayedAs)).size).toBe(3)
    expect(await cluster.mutate<Replay>('tasks.replay', { job: 'letter' })).toEqual({
      replayed: [],
      refused: [],
      left: 0,
    })
  })
})
