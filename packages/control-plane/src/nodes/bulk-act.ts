import {
  type ClusterError,
  type ClusterEvent,
  clusterError,
  fail,
  limits,
  type NodeId,
  type Operation,
  type OperationId,
  type Outcome,
  ok,
  operationIdSchema,
} from '@quarterdeck/domain'
import type { Change } from '@quarterdeck/store'
import { actorOf, metaOf } from '../actor.ts'
import { put, replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Caller } from '../contract.ts'
import type { Core } from '../core.ts'
import { actOnNode, eventOf, type NodeAct, nodeNotFound } from './node-act.ts'

/** Nodes in one commit, with room for the operation. */
const NODES_PER_COMMIT = limits.commitChangesMax - 1

type BulkInput = { readonly ids: readonly NodeId[]; readonly reason: string }

/**
 * One node: a plain act that is refused with its sentence. Several: an operation that does what it can, and keeps for each node
 * whether it was done or why not. Refused as a whole only when no node allows it.
 */
export async function actOnNodes(
  core: Core,
  act: NodeAct,
  kind: Operation['kind'],
  input: BulkInput,
  caller: Caller,
): Promise<Outcome<{ readonly operationId: OperationId | null }>> {
  const [only, ...others] = new Set(input.ids)
  if (only !== undefined && others.length === 0) {
    const done = await actOnNode(core, act, only, input.reason, caller)
    return done.ok ? ok({ operationId: null }) : done
  }
  const operation = draftOperation(core, act.refuse, kind, input, caller)
  if (!operation.ok) return operation
  const done = await storeOperation(core, { act, operation: operation.value, whenStored: 'done' }, caller)
  return done.ok ? ok({ operationId: operation.value.id }) : done
}

/** The operation of an act on these nodes, before anything is done; refused when no node allows the act. */
export function draftOperation(
  core: Core,
  refuse: NodeAct['refuse'],
  kind: Operation['kind'],
  input: BulkInput,
  caller: Caller,
): Outcome<Operation> {
  const ids = [...new Set(input.ids)]
  const refusals = ids.map((id) => refusalOf(core, refuse, id, caller))
  const [first] = refusals
  if (first === undefined)
    return fail(clusterError('bad_input', 'ids is empty: name at least one node.', { field: 'ids' }))
  if (first !== null && refusals.every((refusal) => refusal !== null)) return fail(first)
  return ok({
    v: 1,
    id: operationIdSchema.parse(core.platform.ids.next('op')),
    kind,
    nodeIds: ids,
    by: actorOf(caller),
    reason: input.reason,
    state: 'running',
    startedAtMs: core.platform.clock.unixMs(),
    endedAtMs: null,
    plan: null,
    actual: [],
    progress: ids.map((nodeId) => {
      // Other acts leave the tasks where they are.
      const tasks = kind === 'drain' || kind === 'remove' ? core.tasks.onNode(nodeId).size : 0
      return { nodeId, state: 'waiting', tasksAtStart: tasks, tasksLeft: tasks, blockedBy: [] }
    }),
  })
}

type BulkAct = {
  readonly act: NodeAct
  readonly operation: Operation
  /** `done`: the change of the nodes is all. `running`: it only begins something. */
  readonly whenStored: 'done' | 'running'
}

/**
 * Stores the act for as many nodes per commit as fit, and the operation with the last of them: up to 499 nodes are one atomic change.
 * When a later commit fails, the operation is stored all the same and says which nodes were not reached.
 */
export async function storeOperation(core: Core, bulk: BulkAct, caller: Caller): Promise<Outcome<null>> {
  const { nodeIds } = bulk.operation
  const refusals = new Map<NodeId, string>()
  for (let at = 0; at < nodeIds.length; at += NODES_PER_COMMIT) {
    const chunk = nodeIds.slice(at, at + NODES_PER_COMMIT)
    const isLast = at + chunk.length >= nodeIds.length
    const done = await commitDraft(core, () => draftChunk(core, bulk, { chunk, isLast, refusals }, caller))
    if (done.ok) continue
    if (at > 0) {
      for (const id of nodeIds.slice(at)) refusals.set(id, done.error.message)
      await commitDraft(core, () => draftChunk(core, bulk, { chunk: [], isLast: true, refusals }, caller))
    }
    return done
  }
  return ok(null)
}

type Chunk = { readonly chunk: readonly NodeId[]; readonly isLast: boolean; readonly refusals: Map<NodeId, string> }

function draftChunk(
  core: Core,
  { act, operation, whenStored }: BulkAct,
  { chunk, isLast, refusals }: Chunk,
  caller: Caller,
) {
  const changes: Change[] = []
  const events: ClusterEvent[] = []
  for (const id of chunk) {
    const stored = core.cache.get('node', id)
    const refusal = refusalOf(core, act.refuse, id, caller)
    if (refusal || !stored) {
      refusals.set(id, refusal?.message ?? nodeNotFound(id).message)
      continue
    }
    refusals.delete(id)
    changes.push(replace(stored, act.change(stored.value)))
    events.push(eventOf(act, stored.value))
  }
  const detail = `${changes.length} of ${chunk.length} nodes`
  if (isLast) changes.push(put('operation', begun(core, operation, whenStored, refusals), 0))
  const audit = { action: act.action, target: `operation:${operation.id}`, reason: operation.reason, detail }
  return ok({ value: null, changes, meta: metaOf(core, caller, audit, events) })
}

function begun(
  core: Core,
  operation: Operation,
  whenStored: BulkAct['whenStored'],
  refusals: ReadonlyMap<NodeId, string>,
): Operation {
  return {
    ...operation,
    state: whenStored,
    endedAtMs: whenStored === 'done' ? core.platform.clock.unixMs() : null,
    progress: operation.progress.map((entry) => {
      const refusal = refusals.get(entry.nodeId)
      if (refusal === undefined) return { ...entry, state: whenStored }
      return { ...entry, state: 'failed' as const, blockedBy: [refusal] }
    }),
  }
}

function refusalOf(core: Core, refuse: NodeAct['refuse'], id: NodeId, caller: Caller): ClusterError | null {
  const stored = core.cache.get('node', id)
  if (!stored) return nodeNotFound(id)
  const refusal = refuse(stored.value, caller.me.role)
  return refusal === null ? null : clusterError('wrong_state', refusal)
}
