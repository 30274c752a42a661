import { appendFileSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { eventually, isRunning, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { events, keepSubmitting, script, submit, untilAllEnded, untilState } from './tasks.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster({ controllers: 2, nodes: ['n1', 'n2'] })
})
afterAll(() => cluster?.stop())

/** How long Redis stays away. */
const AWAY_MS = Number(process.env.QD_TEST_REDIS_AWAY_MS ?? 60_000)

type Summary = { behindMs: number; value: { leader: unknown } }

/** By then Redis has been away so long that nothing which was on its way to it is still under way. */
function untilAnswersAreOld() {
  return eventually(
    'answers say that they are old',
    async () => (await cluster.query<Summary>('cluster.summary')).behindMs > 1_000,
  )
}

describe('Redis', () => {
  it('killed and restarted under load loses nothing that was acknowledged', async () => {
    const submitting = keepSubmitting(cluster, (n) => script('exit 0', { name: `load-${n}` }))
    await eventually('some tasks are acknowledged', () => submitting.acknowledged() >= 10)
    await cluster.redis.kill9()
    await untilAnswersAreOld()
    await cluster.redis.restart()
    const at = submitting.acknowledged()
    await eventually('tasks are acknowledged again', () => submitting.acknowledged() >= at + 10)
    const ids = await submitting.stop()
    const ended = await untilAllEnded(cluster, ids)
    expect(ended.filter(({ state }) => state !== 'succeeded')).toEqual([])
    expect(await events(cluster, { types: ['node.down'] })).toEqual([])
  })

  it('away for long: running tasks go on, results arrive afterwards, answers say how old they are', async () => {
    const pidFile = path.join(cluster.sharedDir, 'away.pid')
    const goFile = path.join(cluster.sharedDir, 'away.go')
    const text = `echo $$ > ${pidFile}; while [ ! -e ${goFile} ]; do sleep 0.1; done; exit 0`
    const id = await submit(cluster, script(text, { name: 'away' }))
    await untilState(cluster, id, 'running')
    const pid = await eventually('it wrote its process id', () => Number(readFileSync(pidFile, 'utf8').trim()) || null)

    await cluster.redis.kill9()
    const awayUntilMs = performance.now() + AWAY_MS
    await untilAnswersAreOld()
    await expect(submit(cluster, script('exit 0'))).rejects.toMatchObject({
      failure: { code: expect.stringMatching(/unavailable|outcome_unknown|overloaded/) },
    })
    // The task ends while nobody can be told.
    appendFileSync(goFile, '')
    await eventually('its process has ended', () => !isRunning(pid))
    await eventually('Redis was away for long', () => performance.now() > awayUntilMs, { deadlineMs: 2 * AWAY_MS })
    expect(cluster.controllers.every((controller) => controller.isAlive())).toBe(true)

    await cluster.redis.restart()
    const ended = await untilState(cluster, id, 'succeeded')
    expect(ended.attempt).toBe(1)
    expect(await events(cluster, { types: ['node.down'] })).toEqual([])
    const after = await submit(cluster, script('exit 0', { name: 'after' }))
    await untilState(cluster, after, 'succeeded')
  })
})
