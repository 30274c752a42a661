import { eventually, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { node, script, submit, untilNode, untilState } from './tasks.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startCluster({ controllers: 2, nodes: ['n1', 'n2', 'n3'] })
})
afterAll(() => cluster?.stop())

type Suggestion = {
  readonly nodeId: string
  readonly sentence: string
  readonly jobs: readonly { readonly job: string; readonly failedHere: number; readonly endedElsewhere: number }[]
  readonly failures: readonly { readonly taskId: string; readonly error: string }[]
}

async function suggestions(): Promise<readonly Suggestion[]> {
  return (await cluster.query<{ value: readonly Suggestion[] }>('faults.cordonSuggestions')).value
}

/** Ends with `code` on this node. */
async function run(name: string, nodeId: string, code: number): Promise<string> {
  const id = await submit(cluster, script(`exit ${code}`, { name, onNodes: [nodeId], retry: { attemptsMax: 1 } }))
  await untilState(cluster, id, code === 0 ? 'succeeded' : 'failed')
  return id
}

describe('a node on which several jobs fail', () => {
  it('is pointed at with the evidence, keeps its work until somebody cordons it, and then is pointed at no more', async () => {
    // One job alone, and one that fails everywhere, point at nobody.
    for (let n = 0; n < 6; n++) await run('lonely', 'n2', 3)
    for (const id of ['n2', 'n3']) for (let n = 0; n < 3; n++) await run('broken', id, 3)
    for (const name of ['mail', 'report']) {
      for (let n = 0; n < 3; n++) await run(name, 'n1', 3)
      for (let n = 0; n < 2; n++) await run(name, 'n3', 0)
    }
    const found = await eventually('n1 is pointed at', async () => (await suggestions())[0])
    expect(found).toMatchObject({
      nodeId: 'n1',
      sentence:
        '6 attempts of 2 jobs failed on n1 within 10 min (mail 3 of 3, report 3 of 3); they fare better elsewhere',
      jobs: [
        { job: 'mail', failedHere: 3, endedElsewhere: 2 },
        { job: 'report', failedHere: 3, endedElsewhere: 2 },
      ],
    })
    expect(found.failures).toHaveLength(6)
    expect(found.failures[0]?.error).toBe('exit code 3')
    expect(await suggestions()).toHaveLength(1)

    const { value } = await cluster.query<{ value: { attention: { text: string; link: string }[] } }>('cluster.summary')
    expect(value.attention.map(({ link }) => link)).toContain('/node?id=n1')

    // It is said and nothing is done: the node takes work as before.
    expect(await node(cluster, 'n1')).toMatchObject({ scheduling: 'open' })
    await run('other', 'n1', 0)

    await cluster.mutate('nodes.cordon', { ids: ['n1'], reason: found.sentence })
    await untilNode(cluster, 'n1', 'is cordoned', ({ scheduling }) => scheduling === 'cordoned')
    expect(await suggestions()).toEqual([])
    await cluster.mutate('nodes.uncordon', { ids: ['n1'], reason: 'its disk was changed' })
    await untilNode(cluster, 'n1', 'is open', ({ scheduling }) => scheduling === 'open')
    expect(await suggestions()).toEqual([])
  })

  it('is pointed at by a controller that starts later, from what its tasks left', async () => {
    for (const name of ['mail', 'report']) for (let n = 0; n < 3; n++) await run(name, 'n1', 4)
    await eventually('n1 is pointed at again', async () => (await suggestions())[0]?.nodeId === 'n1')
    for (const controller of cluster.controllers) {
      await controller.stop()
      await controller.start()
    }
    await eventually('the restarted controllers point at it', async () => (await suggestions())[0]?.nodeId === 'n1')
  })
})
