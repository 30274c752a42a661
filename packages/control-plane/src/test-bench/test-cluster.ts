import {
  type ControllerId,
  controllerIdSchema,
  incarnationSchema,
  type NodeDetail,
  type NodeHealth,
  nodeIdSchema,
  type Outcome,
  type Role,
  type Timings,
  timingsSchema,
} from '@quarterdeck/domain'
import { createMemoryServer, type Gate, type MemoryServer, openMemoryStore } from '@quarterdeck/store/memory'
import type { Caller, Stranger } from '../contract.ts'
import { createControlPlane, type RunningControlPlane } from '../create-control-plane.ts'
import type { PasswordHasher } from '../crypto.ts'
import { type TestAgent, testAgent } from './test-agent.ts'
import { testCrypto } from './test-core.ts'
import { createVirtualWorld, type VirtualProcess, type VirtualWorld } from './virtual-world.ts'

export type TestController = RunningControlPlane & {
  readonly id: ControllerId
  readonly process: VirtualProcess
  /** As SIGKILL: its timers are gone and its connections to the store close. */
  kill(): Promise<void>
}

export type TestCluster = {
  readonly world: VirtualWorld
  readonly server: MemoryServer
  start(name: string, options?: { readonly gate?: Gate; readonly nodeId?: string }): Promise<TestController>
  /** An agent that joined, registered at this controller, and beats. */
  agent(name: string, controller: TestController, options?: { readonly zone?: string }): Promise<TestAgent>
  /** The controller that leads, once there is one. */
  leader(among: readonly TestController[]): Promise<TestController>
}

const hasher: PasswordHasher = {
  hash: (password) => Promise.resolve(`plain:${password}`),
  verify: (stored, password) => Promise.resolve(stored === `plain:${password}`),
  outdated: () => false,
}

export const stranger: Stranger = { address: '127.0.0.1', requestId: 'r1', userAgent: 'test' }

export function must<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.message}`)
  return outcome.value
}

export function nodeOf({ controlPlane }: TestController, id: string): NodeDetail | undefined {
  const found = controlPlane.nodes.get(nodeIdSchema.parse(id))
  return found.ok ? found.value.value : undefined
}

export function healthOf(controller: TestController, id: string): NodeHealth | undefined {
  return nodeOf(controller, id)?.health
}

export function callerOf(role: Role): Caller {
  return { me: { id: 'ana', role, kind: 'user' }, address: '127.0.0.1', requestId: 'r1' }
}

/** Whole controllers on one store in memory, in virtual time. */
export function testCluster(timings: Partial<Timings> = {}): TestCluster {
  const world = createVirtualWorld()
  const server = createMemoryServer(world.process('store').platform)

  return {
    world,
    server,
    async start(name, { gate, nodeId } = {}) {
      const process = world.process(name)
      const store = openMemoryStore(server, process.platform, gate ? { gate } : {})
      const id = controllerIdSchema.parse(name)
      const controller = createControlPlane({
        platform: process.platform,
        store,
        timings: timingsSchema.parse(timings),
        identity: {
          id,
          incarnation: incarnationSchema.parse(`${name}-life`),
          url: `http://${name}`,
          version: '0.0.0',
          nodeId: nodeId === undefined ? null : nodeIdSchema.parse(nodeId),
        },
        options: {
          crypto: testCrypto,
          hasher,
          peerLogs: async function* () {},
          callWebhook: () => Promise.reject(new Error('there is no network here')),
          controllerEnvForNode: (nodeId) => ({ QD_NODE_ID: nodeId }),
          memoryBytes: () => null,
        },
      })
      await world.settle(controller.start())
      return {
        ...controller,
        id,
        process,
        async kill() {
          process.kill()
          await store.close()
        },
      }
    },
    async agent(name, { controlPlane }, { zone = 'z1' } = {}) {
      const input = { usesMax: 1, ttlMs: 60_000, labels: {}, zone: null }
      const { token } = must(await world.settle(controlPlane.access.createJoinToken(input, callerOf('admin'))))
      const nodeId = nodeIdSchema.parse(name)
      must(await world.settle(controlPlane.agents.join({ token, name: nodeId }, stranger)))
      const agent = testAgent(world, nodeId, zone)
      must(await agent.connect(controlPlane))
      return agent
    },
    leader: (among) =>
      world.until('somebody leads', () => among.find(({ controlPlane }) => controlPlane.vitals.metrics().isLeader)),
  }
}
