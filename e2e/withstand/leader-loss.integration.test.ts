import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type ControllerProcess, eventually, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { events, keepSubmitting, script, untilAllEnded } from './tasks.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster({ controllers: 3, nodes: ['n1', 'n2', 'n3'] })
})
afterAll(() => cluster?.stop())
let killed: ControllerProcess | null = null
afterEach(async () => {
  await killed?.start()
  killed = null
})

/** Each run appends a line, so that a second run of the same task would be seen. */
function runsIn(file: string): Map<string, number> {
  const runs = new Map<string, number>()
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) runs.set(line, (runs.get(line) ?? 0) + 1)
  return runs
}

type ControlView = {
  leader: { controllerId: string; epoch: number } | null
  leadership: { staleWritesRefused: number } | null
}

describe('the loss of the leader', () => {
  it('by kill -9 while tasks are submitted all the time loses none that was acknowledged, runs none twice and declares no node down', async () => {
    const file = path.join(cluster.sharedDir, 'runs-1')
    const submitting = keepSubmitting(cluster, (n) =>
      script(`echo ${n} >> ${file}`, { name: `job-${n}`, policy: 'at-most-once' }),
    )
    await eventually('some tasks are acknowledged', () => submitting.acknowledged() >= 10)
    const before = await cluster.query<ControlView>('controlPlane.view')
    const leader = await cluster.leader()
    killed = leader
    await leader.kill9()

    const after = await eventually('another controller leads', async () => {
      const view = await cluster.query<ControlView>('controlPlane.view')
      return view.leader && view.leader.controllerId !== leader.id ? view : null
    })
    expect(after.leader?.epoch ?? 0).toBeGreaterThan(before.leader?.epoch ?? 0)
    const at = submitting.acknowledged()
    await eventually('tasks are acknowledged again', () => submitting.acknowledged() >= at + 10)
    const ids = await submitting.stop()
    expect(new Set(ids).size).toBe(ids.length)

    const ended = await untilAllEnded(cluster, ids)
    expect(ended.filter(({ state }) => state !== 'succeeded')).toEqual([])
    const runs = runsIn(file)
    expect([...runs.values()].filter((count) => count !== 1)).toEqual([])
    expect(runs.size).toBe(ids.length)
    expect((await events(cluster, { types: ['node.down'] })).map(({ text }) => text)).toEqual([])
  })

  it('by a pause longer than its lease: it follows, and nothing acknowledged is lost', async () => {
    const leader = await cluster.leader()
    const submitting = keepSubmitting(cluster, (n) => script('exit 0', { name: `paused-${n}` }))
    await eventually('some tasks are acknowledged', () => submitting.acknowledged() >= 5)
    // Asked of the leader itself, so that it has a write under way when it stops.
    leader.pause()
    const others = cluster.controllers.filter((each) => each.id !== leader.id)
    await eventually('another controller leads', async () => {
      for (const { url } of others) {
        const response = await fetch(`${url}/trpc/controlPlane.view`, {
          headers: { authorization: `Bearer ${cluster.apiToken}` },
          signal: AbortSignal.timeout(5_000),
        })
        const body = (await response.json()) as { result?: { data: ControlView } }
        const leaderId = body.result?.data.leader?.controllerId
        if (leaderId && leaderId !== leader.id) return true
      }
      return false
    })
    leader.resume()
    const follows = await eventually('the old leader follows', async () => {
      const response = await fetch(`${leader.url}/trpc/controlPlane.view`, {
        headers: { authorization: `Bearer ${cluster.apiToken}` },
      })
      const body = (await response.json()) as { result?: { data: ControlView } }
      const view = body.result?.data
      return view?.leader && view.leader.controllerId !== leader.id ? view : null
    })
    expect(follows.leader?.controllerId).not.toBe(leader.id)
    await eventually('it decides nothing itself', async () => (await metric(leader.url, 'qd_is_leader')) === 0)
    const ids = await submitting.stop()
    const ended = await untilAllEnded(cluster, ids)
    expect(ended.filter(({ state }) => state !== 'succeeded')).toEqual([])
    expect(await events(cluster, { types: ['node.down'] })).toEqual([])
  })

  it('with writes still to be sent: those come too late, are refused, and are counted', async () => {
    const leader = await cluster.leader()
    const staleBefore = (await cluster.query<ControlView>('controlPlane.view')).leadership?.staleWritesRefused ?? 0
    // While Redis stands still, one write of the leader is under way and the next ones wait behind it, with this epoch's fence. A write
    // or two of another kind may wait as well, so enough are made to wait that some are of these.
    cluster.redis.pause()
    const late: Promise<unknown>[] = []
    await eventually('the leader has them', async () => {
      const key = `late-${late.length}`
      late.push(postTo(leader.url, 'tasks.submit', script('exit 0', { name: key, idempotencyKey: key })))
      return (await metric(leader.url, 'qd_commits_waiting')) >= 6
    })
    leader.pause()
    cluster.redis.resume()
    const others = cluster.controllers.filter((each) => each.id !== leader.id)
    await eventually('another controller leads', async () => {
      const view = await viewOf(others[0]?.url ?? '')
      return view.leader !== null && view.leader.controllerId !== leader.id
    })
    leader.resume()
    await Promise.allSettled(late)
    await eventually('the refused writes are counted', async () => {
      const view = await cluster.query<ControlView>('controlPlane.view')
      return (view.leadership?.staleWritesRefused ?? 0) > staleBefore
    })
    expect((await viewOf(leader.url)).leader?.controllerId).not.toBe(leader.id)
  })
})

const headers = () => ({
  authorization: `Bearer ${cluster.apiToken}`,
  'content-type': 'application/json',
  'x-qd-csrf': '1',
})

async function viewOf(url: string): Promise<ControlView> {
  const response = await fetch(`${url}/trpc/controlPlane.view`, {
    headers: headers(),
    signal: AbortSignal.timeout(10_000),
  })
  return ((await response.json()) as { result: { data: ControlView } }).result.data
}

function postTo(url: string, procedure: string, input: object) {
  return fetch(`${url}/trpc/${procedure}`, { method: 'POST', headers: headers(), body: JSON.stringify(input) })
}

async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { headers: headers() })).text()
  const line = text.split('\n').find((each) => each.startsWith(`${name} `))
  return Number(line?.split(' ')[1] ?? Number.NaN)
}
