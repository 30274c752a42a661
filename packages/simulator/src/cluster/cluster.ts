import { type NodeId, nodeCredentialSchema, nodeIdSchema } from '@quarterdeck/domain'
import { beginHistory } from '@quarterdeck/store/memory'
import type { Recorder } from '../history/recorder.ts'
import type { Connection } from '../network/connection.ts'
import { createNetwork, type Network } from '../network/network.ts'
import { createMachine, type Machine } from '../node-model/machine.ts'
import { createLinkDialer } from '../node-model/sim-link.ts'
import type { Scenario } from '../run/scenario.ts'
import { createStoreModel, type StoreModel } from '../store-model/store-model.ts'
import type { MachineClock } from '../world/sim-process.ts'
import type { World } from '../world/world.ts'
import { createSimController, type SimController } from './controller.ts'
import { sha256Hex } from './sim-crypto.ts'

/** Everything that runs in one world, and the handles by which faults take hold of it. */
export type Cluster = {
  readonly world: World
  readonly recorder: Recorder
  readonly network: Network
  readonly store: StoreModel
  readonly controllers: readonly SimController[]
  readonly machines: readonly Machine[]
  /** Share of beats and reports that arrive twice. */
  duplicateShare: number
  /** Says that a node's beats may fail by a fault of its own, until the returned call. */
  impair(nodeId: NodeId): () => void
  /** Blocks packets one way until the returned call; two cuts of one path must both end. */
  cut(from: string, to: string): () => void
  resetConnections(nodeId: NodeId): void
}

export function createCluster(world: World, recorder: Recorder, scenario: Scenario): Cluster {
  const network = createNetwork(world)
  const store = createStoreModel(world, recorder)
  const random = world.random('cluster')
  const clock = (): MachineClock => ({ rate: scenario.drifts ? 0.95 + random.next() * 0.1 : 1, jumpMs: 0 })
  const connections = new Map<NodeId, Connection>()

  const controllers = Array.from({ length: scenario.controllers }, (_, index) =>
    createSimController({ world, network, store, recorder, name: `c${index + 1}`, clock: clock() }),
  )
  const nodeIds = Array.from({ length: scenario.nodes }, (_, index) => nodeIdSchema.parse(`n${index + 1}`))
  const cluster: Cluster = {
    world,
    recorder,
    network,
    store,
    controllers,
    machines: nodeIds.map((nodeId, index) => machineOf(nodeId, `z${1 + (index % scenario.zones)}`)),
    duplicateShare: 0,
    impair: counted((nodeId: NodeId, isImpaired) => recorder.add({ kind: 'impaired', nodeId, isImpaired })),
    cut(from, to) {
      return cutPath(`${from}>${to}`)
    },
    resetConnections: (nodeId) => connections.get(nodeId)?.reset('connection reset'),
  }
  const cutPath = counted((path: string, isCut) => {
    const [from = '', to = ''] = path.split('>')
    if (isCut) network.block(from, to)
    else network.unblock(from, to)
  })

  admit(store, nodeIds)
  for (const controller of controllers) controller.start()
  for (const machine of cluster.machines) world.after(random.next() * 1_000, () => machine.start())
  return cluster

  function machineOf(nodeId: NodeId, zone: string): Machine {
    return createMachine({
      world,
      recorder,
      nodeId,
      zone,
      capacity: scenario.capacity,
      clock: clock(),
      controllers: controllers.map(({ url }) => url),
      dialerFor: (agent) =>
        createLinkDialer({
          world,
          network,
          agent: { host: nodeId, process: agent },
          nodeId,
          secret: secretOf(nodeId),
          find(url) {
            const controller = controllers.find((candidate) => candidate.url === url)
            if (!controller?.life) return null
            const { process, controlPlane } = controller.life
            return { endpoint: { host: controller.id, process }, agents: controlPlane.agents }
          },
          duplicateShare: () => cluster.duplicateShare,
          onOpen: (connection) => void connections.set(nodeId, connection),
        }),
    })
  }
}

/** Calls back when the first of several takes hold of something, and when the last one lets go. */
function counted<Key>(onChange: (key: Key, isHeld: boolean) => void): (key: Key) => () => void {
  const counts = new Map<Key, number>()
  const add = (key: Key, amount: 1 | -1) => {
    const count = (counts.get(key) ?? 0) + amount
    counts.set(key, count)
    return count
  }
  return (key) => {
    if (add(key, 1) === 1) onChange(key, true)
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      if (add(key, -1) === 0) onChange(key, false)
    }
  }
}

/** The nodes have joined before the run begins: joining is a form, not a protocol that faults could break. */
function admit({ server }: StoreModel, nodeIds: readonly NodeId[]) {
  beginHistory(server)
  server.state.revision += 1
  const { revision } = server.state
  const byId = new Map()
  for (const id of nodeIds) {
    const credential = nodeCredentialSchema.parse({
      v: 1,
      id,
      secretHash: sha256Hex(secretOf(id)),
      createdAtMs: server.clock.unixMs(),
      revoked: false,
      granted: { labels: {}, labelsAreWhole: false, zone: null },
    })
    byId.set(id, { kind: 'node-credential', id, revision, text: JSON.stringify(credential) })
  }
  server.state.objects.set('node-credential', byId)
  const meta = { atMs: server.clock.unixMs(), actor: 'simulator', events: [] }
  server.state.feed.push({ revision, meta, changes: [] })
}

function secretOf(nodeId: NodeId): string {
  return `secret of ${nodeId}`
}
