import { eventually, signInAdmin, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { node, script, submit, task, untilNode, untilState } from './tasks.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster({
    controllers: 1,
    nodes: ['n1', 'n2', 'n3'],
    nodeEnv: { n1: { QD_LABELS: 'disk=ssd' } },
  })
})
afterAll(() => cluster?.stop())

type Verdict = {
  outcome: string
  rank: number | null
  rules: { filter: string; because: string }[]
  remedy: string | null
  sentence: string
}
type Decided = { entry: { nodeId: string | null; eligible: number }; margin: unknown; asked: Verdict | null }
type Explanation = {
  state: string
  reasons: string[]
  decided: Decided[]
  now: (Decided & { requirements: { filter: string; removed: number; onlyIt: number }[] }) | null
}
type Advice = {
  id: string
  moves: { taskId: string; fromNodeId: string; toNodeId: string }[]
  skewBefore: number
  skewAfter: number
}
type OperationView = {
  kind: string
  by: string
  state: string
  actual: { taskId: string; fate: string; toNodeId: string | null }[]
}

const explain = (input: object) => cluster.query<Explanation>('tasks.explain', input)
const advice = () => cluster.query<Advice>('cluster.rebalanceAdvice')
const operation = async (id: string) => (await cluster.query<{ value: OperationView }>('operations.get', { id })).value
const operations = async () =>
  (await cluster.query<{ value: OperationView[] }>('operations.list', { limit: 100 })).value

async function cancelAll(ids: readonly string[]): Promise<void> {
  for (const id of ids) await cluster.mutate('tasks.cancel', { id, reason: 'test' })
  for (const id of ids) await untilState(cluster, id, 'cancelled')
}

describe('explain', () => {
  it('names the rule that removes a node, then and now, and the rank of one that could have taken it', async () => {
    const id = await submit(cluster, script('sleep 300', { constraints: [{ label: 'disk', operator: 'exists' }] }))
    await untilState(cluster, id, 'running')
    const barred = await explain({ id, nodeId: 'n2' })
    expect(barred.now?.asked).toMatchObject({
      outcome: 'removed',
      rules: [{ filter: 'constraints', because: expect.stringMatching(/label disk.*n2/) }],
    })
    expect(barred.decided[0]?.asked).toMatchObject({ outcome: 'removed', rules: [{ filter: 'constraints' }] })
    expect(barred.now?.requirements).toContainEqual(
      expect.objectContaining({ filter: 'constraints', removed: 2, onlyIt: 2 }),
    )
    expect((await explain({ id, nodeId: 'n1' })).decided[0]?.asked).toMatchObject({ outcome: 'chosen', rank: 1 })

    const anywhere = await submit(cluster, script('sleep 300', {}))
    const { nodeId } = await untilState(cluster, anywhere, 'running')
    const loser = ['n1', 'n2', 'n3'].find((each) => each !== nodeId)
    const lost = await explain({ id: anywhere, nodeId: loser })
    expect(lost.decided[0]).toMatchObject({ asked: { outcome: 'eligible' }, margin: { score: expect.any(Number) } })
    await cancelAll([id, anywhere])
  })

  it('says of a waiting task which one change would help, and of a retry what failed', async () => {
    const big = await submit(cluster, script('true', { resources: { cpuMillis: 9_000_000, memoryBytes: 1 } }))
    await untilState(cluster, big, 'queued')
    const waiting = await explain({ id: big, nodeId: 'n3' })
    expect(waiting.now?.asked?.rules).toMatchObject([{ filter: 'resources' }])
    expect(waiting.now?.asked?.remedy).toMatch(/^Would fit with a node with 9000 CPU/)

    const retry = { attemptsMax: 5, backoffBaseMs: 600_000, backoffCapMs: 600_000 }
    const failing = await submit(cluster, script('exit 3', { retry }))
    await untilState(cluster, failing, 'delayed')
    const { reasons } = await explain({ id: failing })
    expect(reasons[0]).toMatch(/^Attempt 1 on n\d ended as failed: exit code 3\. 1 of at most 5 failed attempts/)
    expect(reasons[1]).toMatch(/^Backs off after the failure: it may begin in /)
    await cancelAll([big, failing])
  })

  it('answers for a task that does not exist yet, and refuses a node that is not known', async () => {
    const wish = script('true', { onNodes: ['n1'] })
    const answer = await cluster.query<{ asked: Verdict }>('tasks.explainNew', { task: wish, nodeId: 'n2' })
    expect(answer.asked).toMatchObject({
      rules: [{ filter: 'exclusions' }],
      remedy: 'Would fit with allowing it on n2.',
    })
    await expect(cluster.query('tasks.explainNew', { task: wish, nodeId: 'n9' })).rejects.toMatchObject({
      failure: { code: 'node_not_found' },
    })
  })
})

describe('a rebalance', () => {
  it('moves exactly what was advised to where it was advised, and then nothing is left to advise', async () => {
    await cluster.mutate('nodes.cordon', { ids: ['n2', 'n3'], reason: 'so that all start on n1' })
    const { capacity } = (await node(cluster, 'n1')) as unknown as { capacity: { cpuMillis: number } }
    const resources = { cpuMillis: Math.floor(capacity.cpuMillis / 8), memoryBytes: 2 ** 20 }
    const more = { onDrain: 'move', resources, killGraceMs: 500 }
    const ids = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((n) => submit(cluster, script('sleep 300', { name: `w${n}`, ...more }))),
    )
    for (const id of ids) expect(await untilState(cluster, id, 'running')).toMatchObject({ nodeId: 'n1' })
    const alone = await advice()
    expect(alone.moves).toEqual([])
    await cluster.mutate('nodes.uncordon', { ids: ['n2', 'n3'], reason: 'and now' })
    await untilNode(cluster, 'n3', 'is open', ({ scheduling }) => scheduling === 'open')

    const advised = await advice()
    expect(advised.moves).toHaveLength(4)
    expect(advised.skewAfter).toBeLessThan(advised.skewBefore)
    await expect(cluster.mutate('cluster.rebalance', { planId: alone.id, reason: 'old' })).rejects.toMatchObject({
      failure: { code: 'plan_outdated', message: expect.stringContaining('4 moves cut skew') },
    })
    // Looking moved nothing.
    for (const id of ids) expect(await task(cluster, id)).toMatchObject({ nodeId: 'n1', attempt: 1 })

    const { operationId } = await cluster.mutate<{ operationId: string }>('cluster.rebalance', {
      planId: advised.id,
      reason: 'test',
    })
    const done = await eventually('the rebalance is done', async () => {
      const found = await operation(operationId)
      return found.state === 'done' ? found : null
    })
    expect(done.kind).toBe('rebalance')
    for (const { taskId, toNodeId } of advised.moves) {
      expect(done.actual).toContainEqual({ taskId, fate: 'moved', toNodeId })
      expect(await untilState(cluster, taskId, 'running')).toMatchObject({ nodeId: toNodeId, attempt: 2, failures: 0 })
    }
    const stayed = ids.filter((id) => !advised.moves.some(({ taskId }) => taskId === id))
    for (const id of stayed) expect(await task(cluster, id)).toMatchObject({ nodeId: 'n1', attempt: 1 })
    expect((await advice()).moves).toEqual([])
    await cancelAll(ids)
  })
})

describe('an automatic rebalance', () => {
  it('moves nothing of a service that says never, and no more than its budget once it is switched on', async () => {
    await cluster.mutate('nodes.cordon', { ids: ['n2', 'n3'], reason: 'so that all start on n1' })
    const { capacity } = (await node(cluster, 'n1')) as unknown as { capacity: { cpuMillis: number } }
    const resources = { cpuMillis: Math.floor(capacity.cpuMillis / 8), memoryBytes: 2 ** 20 }
    const task = { driver: 'exec', exec: { command: 'sleep', args: ['300'] }, resources, killGraceMs: 500 }
    const spec = { name: 'rooted', replicas: 6, task, rebalance: 'never' }
    await cluster.mutate('services.save', { spec })
    const replicas = async () => {
      const { value } = await cluster.query<{
        value: { tasks: { id: string; state: string; nodeId: string | null; attempt: number }[] }
      }>('services.get', { id: 'rooted' })
      return value.tasks.filter(({ state }) => state === 'running')
    }
    await eventually('six replicas run', async () => (await replicas()).length === 6)
    await cluster.mutate('nodes.uncordon', { ids: ['n2', 'n3'], reason: 'and now' })
    await untilNode(cluster, 'n3', 'is open', ({ scheduling }) => scheduling === 'open')
    expect((await advice()).moves).toEqual([])

    await cluster.mutate('services.save', { spec: { ...spec, rebalance: null } })
    expect((await advice()).moves.length).toBeGreaterThan(1)
    expect((await replicas()).every(({ nodeId }) => nodeId === 'n1')).toBe(true)
    const spent = (await operations()).filter(({ kind }) => kind === 'rebalance').flatMap(({ actual }) => actual).length
    const admin = (await signInAdmin(cluster)).mutate
    await admin('cluster.updateSettings', { rebalance: { movesPerHour: spent + 1 } })
    const own = await eventually('the cluster has begun by itself', async () =>
      (await operations()).find(
        ({ kind, by, state }) => kind === 'rebalance' && /^controller:/.test(by) && state === 'done',
      ),
    )
    expect(own.actual).toHaveLength(1)
    expect((await replicas()).filter(({ nodeId }) => nodeId !== 'n1')).toHaveLength(1)
    await admin('cluster.updateSettings', { rebalance: null })
    await cluster.mutate('services.remove', { id: 'rooted', reason: 'end of the test' })
    await eventually(
      'it is gone',
      async () => (await cluster.query<{ value: unknown[] }>('services.list')).value.length === 0,
    )
  })
})

describe('a shared plan', () => {
  it('is opened and applied by its link, and refused once the cluster is another one', async () => {
    await cluster.mutate('nodes.cordon', { ids: ['n2', 'n3'], reason: 'test' })
    const mover = await submit(cluster, script('sleep 300', { name: 'mover', onDrain: 'move', killGraceMs: 500 }))
    await untilState(cluster, mover, 'running')
    await cluster.mutate('nodes.uncordon', { ids: ['n2', 'n3'], reason: 'test' })
    const options = { mode: 'wait', whenEmpty: 'uncordon' }
    const plan = await cluster.mutate<{
      id: string
      nodeIds: string[]
      options: object
      moves: { toNodeId: string }[]
    }>('nodes.previewDrain', { ids: ['n1'], options })
    const shared = await cluster.mutate<{ operationId: string }>('operations.sharePlan', {
      planId: plan.id,
      reason: 'see',
    })
    expect(await operation(shared.operationId)).toMatchObject({ kind: 'plan', state: 'done', plan: { id: plan.id } })
    expect(await node(cluster, 'n1')).toMatchObject({ scheduling: 'open' })

    const apply = { ids: plan.nodeIds, options: plan.options, planId: plan.id, reason: 'apply' }
    const late = await submit(cluster, script('sleep 300', { name: 'late', onNodes: ['n1'] }))
    await untilState(cluster, late, 'running')
    await expect(cluster.mutate('nodes.drain', apply)).rejects.toMatchObject({
      failure: { code: 'plan_outdated', message: expect.stringContaining('late') },
    })
    await cancelAll([late])
    await cluster.mutate('nodes.drain', apply)
    await eventually(`the mover runs on ${plan.moves[0]?.toNodeId}`, async () => {
      const found = await task(cluster, mover)
      return found.state === 'running' && found.nodeId === plan.moves[0]?.toNodeId
    })
    await untilNode(cluster, 'n1', 'is open again', ({ scheduling }) => scheduling === 'open')
    await cancelAll([mover])
  })
})

describe('a planned dispatch', () => {
  type Kept = { id: string; decision: { nodeId: string | null; because: string } }
  type Detail = {
    value: { task: { attempts: { nodeId: string }[] }; spec: { foreseen?: { planId: string; nodeId: string } } }
  }
  const planned = (more: object) => cluster.mutate<Kept>('tasks.plan', script('sleep 60', { name: 'planned', ...more }))
  const confirm = (planId: string) => cluster.mutate<{ taskId: string; existing: boolean }>('tasks.confirm', { planId })

  it('runs where it said, once, whatever its strategy would draw by now, and keeps what was foreseen', async () => {
    const { id, decision } = await planned({ strategy: 'random' })
    const { taskId, existing } = await confirm(id)
    expect(existing).toBe(false)
    const ran = await untilState(cluster, taskId, 'running')
    expect(ran.nodeId).toBe(decision.nodeId)
    const { value } = await cluster.query<Detail>('tasks.get', { id: taskId })
    expect(value.spec.foreseen).toMatchObject({ planId: id, nodeId: decision.nodeId })
    expect(await confirm(id)).toMatchObject({ taskId, existing: true })
    await cluster.mutate('tasks.cancel', { id: taskId, reason: 'test' })
  })

  it('is refused with what differs when its node cannot take it any more, and goes there when it can again', async () => {
    const { id } = await planned({ onNodes: ['n2'] })
    await cluster.mutate('nodes.cordon', { ids: ['n2'], reason: 'test' })
    await expect(confirm(id)).rejects.toMatchObject({
      failure: {
        code: 'plan_outdated',
        message: expect.stringMatching(/Not on n2 any more: n2 is cordoned.*it would wait/s),
      },
    })
    await cluster.mutate('nodes.uncordon', { ids: ['n2'], reason: 'test' })
    const { taskId } = await confirm(id)
    expect((await untilState(cluster, taskId, 'running')).nodeId).toBe('n2')
    await cluster.mutate('tasks.cancel', { id: taskId, reason: 'test' })
  })

  it('says how long it takes, and makes one task when it is confirmed many times at the same moment', async () => {
    const short = { name: 'planned-short' }
    await untilState(cluster, await submit(cluster, script('sleep 0.3', short)), 'succeeded')
    const made = await cluster.mutate<Kept & { estimateMs: object }>('tasks.plan', script('sleep 0.3', short))
    expect(made.estimateMs).toMatchObject({ low: expect.any(Number) })
    const all = await Promise.all([1, 2, 3, 4].map(() => confirm(made.id)))
    expect(new Set(all.map(({ taskId }) => taskId)).size).toBe(1)
    expect(all.filter(({ existing }) => !existing)).toHaveLength(1)
    const ended = await untilState(cluster, all[0]?.taskId ?? '', 'succeeded')
    expect(ended.attempts.map(({ nodeId }) => nodeId)).toEqual([made.decision.nodeId])
  })

  it('that foresaw a wait is outdated when it need not wait', async () => {
    const { id, decision } = await planned({ constraints: [{ label: 'rack', operator: 'in', values: ['r9'] }] })
    expect(decision.nodeId).toBeNull()
    await cluster.mutate('nodes.setLabels', { id: 'n3', labels: { rack: 'r9' } })
    await expect(confirm(id)).rejects.toMatchObject({
      failure: { code: 'plan_outdated', message: expect.stringContaining('it would run on n3') },
    })
    await expect(confirm('plan-nobody-made')).rejects.toMatchObject({ failure: { code: 'plan_not_found' } })
  })
})
