import type { Kind, ObjectOf, TaskState } from '@quarterdeck/domain'
import type { Cluster } from '../cluster/cluster.ts'
import type { SimController } from '../cluster/controller.ts'
import type { ControllerReading, SettledEvent } from '../history/history-event.ts'
import { EPOCH_START_MS } from '../world/sim-process.ts'

/** What the store holds and what every controller answers, once a run has come to rest. */
export function readSettled({ store, controllers, world }: Cluster): SettledEvent {
  const { state } = store.server
  const all = <K extends Kind>(kind: K): ObjectOf<K>[] =>
    [...(state.objects.get(kind)?.values() ?? [])].map(({ text }) => JSON.parse(text) as ObjectOf<K>)
  return {
    kind: 'settled',
    unixMs: EPOCH_START_MS + world.nowMs(),
    tasks: all('task'),
    nodes: all('node'),
    leaseHolder: state.lease?.holder?.id ?? null,
    views: controllers.flatMap((controller) => readController(controller) ?? []),
  }
}

const PAGE = 1_000

function readController({ id, life }: SimController): ControllerReading | null {
  if (!life) return null
  const { tasks, nodes, cluster, control, vitals } = life.controlPlane
  const taskStates: Record<string, TaskState> = {}
  let cursor: string | null = null
  do {
    const page: ReturnType<typeof tasks.list>['value'] = tasks.list({
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    }).value
    for (const row of page.tasks) taskStates[row.id] = row.state
    cursor = page.next
  } while (cursor !== null)

  return {
    controllerId: id,
    leads: vitals.metrics().isLeader,
    leader: (control.view().leader?.controllerId as ControllerReading['leader'] | undefined) ?? null,
    taskStates,
    nodeHealths: Object.fromEntries(nodes.list().value.map((row) => [row.id, row.health])),
    tasksByState: cluster.summary().value.tasks,
  }
}
