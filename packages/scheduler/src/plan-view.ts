import { assert, type GivenPort, type NodeId, type TaskId } from '@quarterdeck/domain'
import type { Accounts } from './accounts.ts'
import type { Repulsion } from './affinity/repulsion.ts'
import { apartOf } from './affinity/ties.ts'
import type { ClusterSnapshot } from './cluster-snapshot.ts'
import type { Neighbours } from './neighbours.ts'
import type { NodeEntry } from './node-entry.ts'
import type { Request } from './request.ts'
import type { StrategyMemory } from './strategy-memory.ts'

/** The snapshot as one plan sees it: with that plan's own placements already counted, and the snapshot itself untouched. */
export type PlanView = {
  readonly snapshot: ClusterSnapshot
  readonly accounts: Accounts
  readonly neighbours: Neighbours
  readonly repulsion: Repulsion
  readonly memory: StrategyMemory
}

export function viewOf(snapshot: ClusterSnapshot): PlanView {
  return {
    snapshot,
    accounts: snapshot.accounts.fork(),
    neighbours: snapshot.neighbours.fork(),
    repulsion: snapshot.repulsion.fork(),
    memory: snapshot.memory.fork(),
  }
}

/** What of its node a task has for itself. */
export type Given = { readonly gpus: readonly number[]; readonly ports: readonly GivenPort[] }

/** Counts a placement of this plan, so that the next one sees it. */
export function takeRoom(view: PlanView, request: Request, entry: NodeEntry, { gpus, ports }: Given): void {
  view.accounts.reserve(entry.index, request.resources, gpus, ports)
  view.neighbours.add(request.task.name, entry.node.zone, entry.index, 1)
  view.repulsion.add({ name: request.task.name, apart: apartOf(request.spec) }, entry.index, 1)
}

/**
 * A waiting task may hold room that is being made for it: gives that back, so that the task itself can be placed there. Returns how to
 * take it again when it was not.
 */
export function lendRoom(view: PlanView, taskId: TaskId): () => void {
  const held = view.snapshot.held(taskId)
  if (!held) return () => undefined
  const { task, index } = held
  const zone = view.snapshot.entry(index)?.node.zone ?? ''
  view.accounts.release(index, task.resources, task.gpus, task.ports)
  view.neighbours.add(task.name, zone, index, -1)
  view.repulsion.add(task, index, -1)
  return () => {
    view.accounts.reserve(index, task.resources, task.gpus, task.ports)
    view.neighbours.add(task.name, zone, index, 1)
    view.repulsion.add(task, index, 1)
  }
}

/** The entry of an index that came out of the classes, which hold known nodes only. */
export function entryAt(view: PlanView, index: number): NodeEntry {
  const entry = view.snapshot.entry(index)
  // A plain text: this runs for every node of every task, and a composed one would cost more than the rest of it.
  assert(entry, 'a node index has no entry')
  return entry
}

export function idAt(view: PlanView, index: number): NodeId {
  return entryAt(view, index).node.id
}
