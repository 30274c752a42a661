import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type ControllerProcess, eventually, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { script, submit, untilState } from './tasks.ts'

let cluster: TestCluster
let killed: ControllerProcess | null = null
beforeAll(async () => {
  cluster = await startCluster({ controllers: 2, nodes: ['n1', 'n2', 'n3'], agentEnv: { QD_GPUS: 'T4:2' } })
})
afterEach(async () => {
  await killed?.start()
  killed = null
})
afterAll(() => cluster?.stop())

async function nodeOf(more: object): Promise<string | null> {
  const id = await submit(cluster, script('true', more))
  return (await untilState(cluster, id, 'succeeded')).nodeId
}

describe('strategies on real agents', () => {
  it('tell a program its GPUs, none to one that asked for none, and run a chain', async () => {
    const file = path.join(cluster.sharedDir, 'gpus')
    const resources = { cpuMillis: 100, memoryBytes: 2 ** 24, gpu: { count: 2 } }
    const strategy = ['locality', 'fragmentation-aware']
    const id = await submit(
      cluster,
      script(`echo "$QD_GPUS/$CUDA_VISIBLE_DEVICES" > ${file}`, { resources, strategy, onNodes: ['n2'] }),
    )
    await untilState(cluster, id, 'succeeded')
    expect(readFileSync(file, 'utf8').trim()).toBe('0,1/0,1')

    const plain = await submit(cluster, script(`echo "[$CUDA_VISIBLE_DEVICES]" > ${file}`))
    await untilState(cluster, plain, 'succeeded')
    expect(readFileSync(file, 'utf8').trim()).toBe('[]')
  })

  it('send a key to one node', async () => {
    const keyed = { strategy: 'consistent-hash', hashKey: 'customer-7' }
    expect(new Set([await nodeOf(keyed), await nodeOf(keyed), await nodeOf(keyed)]).size).toBe(1)
  })

  it('go on with the next turn when the leader is killed', async () => {
    const turn = { strategy: 'round-robin' }
    const before = [await nodeOf(turn), await nodeOf(turn)]
    const leader = await cluster.leader()
    killed = leader
    await leader.kill9()
    const third = await eventually('another leader places the next', () => nodeOf(turn))
    expect([...before, third].toSorted()).toEqual(['n1', 'n2', 'n3'])
  })
})
