import {
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

/** Nodes in one commit, with room for the operation itself. */
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
  const ids = [...new Set(input.ids)]
  const [only] = ids
  if (only === undefined)
    return fail(clusterError('bad_input', 'ids is empty: name at least one node.', { field: 'ids' }))
  if (ids.length === 1) {
    const done = await actOnNode(core, act, only, input.reason, caller)
    return done.ok ? ok({ operationId: null }) : done
  }

  const refusals = ids.map((id) => refusalOf(core, act, id, caller))
  const first = refusals.find((refusal) => refusal !== null)
  if (first && refusals.every((refusal) => refusal !== null)) return fail(clusterError('wrong_state', first))

  const operationId = operationIdSchema.parse(core.platform.ids.next('op'))
  let operation = newOperation(core, kind, { ids, reason: input.reason, operationId }, caller)
  for (let at = 0; at < ids.length; at += NODES_PER_COMMIT) {
    const chunk = ids.slice(at, at + NODES_PER_COMMIT)
    const isLast = at + chunk.length >= ids.length
    const done = await commitDraft(core, () =>
      draftChunk(core, act, { operation, chunk, isLast, reason: input.reason }, caller),
    )
    // What earlier chunks did is done and says so in the operation; it stays `running`, and repeating the act does the rest.
    if (!done.ok) return done
    operation = done.value.value
  }
  return ok({ operationId })
}

type Chunk = {
  readonly operation: Operation
  readonly chunk: readonly NodeId[]
  readonly isLast: boolean
  readonly reason: string
}

function draftChunk(core: Core, act: NodeAct, { operation, chunk, isLast, reason }: Chunk, caller: Caller) {
  const changes: Change[] = []
  const events: ClusterEvent[] = []
  const refusals = new Map<NodeId, string>()
  for (const id of chunk) {
    const refusal = refusalOf(core, act, id, caller)
    const stored = core.cache.get('node', id)
    if (refusal !== null || !stored) {
      refusals.set(id, refusal ?? nodeNotFound(id).message)
      continue
    }
    changes.push(replace(stored, act.change(stored.value)))
    events.push(eventOf(act, stored.value))
  }

  const nowMs = core.platform.clock.unixMs()
  const touched = new Set(chunk)
  const next: Operation = {
    ...operation,
    state: isLast ? 'done' : 'running',
    endedAtMs: isLast ? nowMs : null,
    progress: operation.progress.map((entry) => {
      if (!touched.has(entry.nodeId)) return entry
      const refusal = refusals.get(entry.nodeId)
      return {
        ...entry,
        state: refusal === undefined ? ('done' as const) : ('failed' as const),
        blockedBy: refusal === undefined ? [] : [refusal],
      }
    }),
  }
  const audit = {
    action: act.action,
    target: `operation:${operation.id}`,
    reason,
    detail: `${changes.length} of ${chunk.length} nodes`,
  }
  return ok({
    value: next,
    changes: [...changes, put('operation', next, 'any')],
    meta: metaOf(core, caller, audit, events),
  })
}

export function newOperation(
  core: Core,
  kind: Operation['kind'],
  input: { readonly ids: readonly NodeId[]; readonly reason: string; readonly operationId: OperationId },
  caller: Caller,
): Operation {
  return {
    v: 1,
    id: input.operationId,
    kind,
    nodeIds: [...input.ids],
    by: actorOf(caller),
    reason: input.reason,
    state: 'running',
    startedAtMs: core.platform.clock.unixMs(),
    endedAtMs: null,
    plan: null,
    actual: [],
    progress: input.ids.map((nodeId) => {
      const tasks = core.tasks.onNode(nodeId).size
      return { nodeId, state: 'waiting', tasksAtStart: tasks, tasksLeft: tasks, blockedBy: [] }
    }),
  }
}

function refusalOf(core: Core, act: NodeAct, id: NodeId, caller: Caller): string | null {
  const stored = core.cache.get('node', id)
  return stored ? act.refuse(stored.value, caller.me.role) : nodeNotFound(id).message
}
