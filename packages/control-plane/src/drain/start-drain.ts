import {
  clusterError,
  type DrainOptions,
  type DrainPlan,
  drainPlanSchema,
  fail,
  limits,
  type Node,
  type NodeId,
  nodeCan,
  type Operation,
  type OperationId,
  type Outcome,
  ok,
  operationIdSchema,
  type PlanId,
} from '@quarterdeck/domain'
import { metaOf, ownMeta } from '../actor.ts'
import { put, replace } from '../change.ts'
import { commitDraft, storeError } from '../commit-draft.ts'
import type { Caller, NodesService } from '../contract.ts'
import type { Core } from '../core.ts'
import { newOperation } from '../nodes/bulk-act.ts'
import { byWhom, nodeNotFound, remarkBy } from '../nodes/node-act.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { computeDrainPlan, newPlanId } from './compute-plan.ts'
import { planDifference } from './plan-difference.ts'

/** Nodes in one commit, with room for the operation. */
const NODES_PER_COMMIT = limits.commitChangesMax - 1

type DrainInput = Parameters<NodesService['drain']>[0]

/** Computes a plan and keeps it for half an hour, so that confirming it can name it. */
export async function previewDrain(
  core: Core,
  view: ClusterView,
  input: { readonly ids: readonly NodeId[]; readonly options: DrainOptions },
): Promise<Outcome<DrainPlan>> {
  const ids = [...new Set(input.ids)]
  const unknown = ids.find((id) => !core.cache.get('node', id))
  if (unknown) return fail(nodeNotFound(unknown))
  const plan = computeDrainPlan(core, view, { planId: newPlanId(core), ids, options: input.options })
  const done = await commitDraft(core, () => ok({ value: plan, changes: [put('plan', plan, 0)], meta: ownMeta(core) }))
  return done.ok ? ok(plan) : done
}

/**
 * Starts a drain: the nodes take no new work from this commit on, and the leader's drain loop does the rest. Carries out the confirmed
 * plan when there is one and it still says what would happen.
 */
export async function startDrain(
  core: Core,
  view: ClusterView,
  input: DrainInput,
  caller: Caller,
): Promise<Outcome<{ readonly operationId: OperationId }>> {
  const ids = [...new Set(input.ids)]
  if (ids.length === 0)
    return fail(clusterError('bad_input', 'ids is empty: name at least one node.', { field: 'ids' }))
  const refusals = ids.map((id) => refusalOf(core, id, caller))
  const [refusal] = refusals.filter((each) => each !== null)
  if (refusal && refusals.every((each) => each !== null)) return fail(refusal)

  const now = computeDrainPlan(core, view, { planId: newPlanId(core), ids, options: input.options })
  const confirmed =
    input.planId === undefined ? ok(now) : await confirmedPlan(core, input.planId, { ids, options: input.options, now })
  if (!confirmed.ok) return confirmed

  const operationId = operationIdSchema.parse(core.platform.ids.next('op'))
  const operation: Operation = {
    ...newOperation(core, 'drain', { ids, reason: input.reason, operationId }, caller),
    plan: confirmed.value,
  }
  for (let at = 0; at < ids.length; at += NODES_PER_COMMIT) {
    const chunk = ids.slice(at, at + NODES_PER_COMMIT)
    // The first commit makes the operation, so that no node drains without one.
    const done = await commitDraft(core, () => draftDrain(core, { operation, chunk, isFirst: at === 0, input }, caller))
    if (!done.ok) return done
  }
  return ok({ operationId })
}

type DrainChunk = {
  readonly operation: Operation
  readonly chunk: readonly NodeId[]
  readonly isFirst: boolean
  readonly input: DrainInput
}

function draftDrain(core: Core, { operation, chunk, isFirst, input }: DrainChunk, caller: Caller) {
  const nowMs = core.platform.clock.unixMs()
  const nodes = chunk.flatMap((id) => {
    const stored = core.cache.get('node', id)
    return stored && nodeCan.drain(stored.value, caller.me.role) === null ? [stored] : []
  })
  const draining = (node: Node): Node => ({
    ...node,
    scheduling: 'draining',
    schedulingSinceMs: nowMs,
    remark: remarkBy(core, caller, input.reason),
    drain: { ...input.options, operationId: operation.id, startedAtMs: nowMs },
  })
  const events = nodes.map(({ value }) => ({
    type: 'node.draining',
    subject: { kind: 'node', id: value.id },
    severity: 'notice' as const,
    text: `${value.id} is being drained${byWhom(caller, input.reason)}`,
  }))
  return ok({
    value: null,
    changes: [
      ...(isFirst ? [put('operation', operation, 0)] : []),
      ...nodes.map((stored) => replace(stored, draining(stored.value))),
    ],
    meta: metaOf(
      core,
      caller,
      {
        action: 'nodes.drain',
        target: `operation:${operation.id}`,
        reason: input.reason,
        detail: chunk.join(', ').slice(0, 1_000),
      },
      events,
    ),
  })
}

/** The stored plan, if it is for this request and the world still is as it says. */
async function confirmedPlan(
  core: Core,
  planId: PlanId,
  request: { readonly ids: readonly NodeId[]; readonly options: DrainOptions; readonly now: DrainPlan },
): Promise<Outcome<DrainPlan>> {
  let text: string | undefined
  try {
    text = (await core.store.get('plan', planId))?.text
  } catch (error) {
    return fail(storeError(error))
  }
  const parsed = text === undefined ? undefined : drainPlanSchema.safeParse(JSON.parse(text))
  if (!parsed?.success)
    return fail(clusterError('plan_not_found', `There is no plan ${planId}.`, { remedy: 'Make a new preview.' }))

  const plan = parsed.data
  const isSameRequest =
    JSON.stringify([...plan.nodeIds].sort()) === JSON.stringify([...request.ids].sort()) &&
    Object.entries(request.options).every(([name, value]) => plan.options[name as keyof DrainOptions] === value)
  if (!isSameRequest) return outdated(`Plan ${planId} was made for other nodes or options.`)
  if (core.platform.clock.unixMs() - plan.computedAtMs > limits.planKeptMs)
    return outdated(`Plan ${planId} is older than ${limits.planKeptMs / 60_000} minutes.`)
  const difference = planDifference(plan, request.now, (id) => core.cache.get('node', id)?.value)
  return difference ? outdated(`The cluster is not as plan ${planId} saw it. ${difference}`) : ok(plan)
}

function outdated(message: string): Outcome<never> {
  return fail(clusterError('plan_outdated', message, { remedy: 'Look at a new preview, then confirm that one.' }))
}

function refusalOf(core: Core, id: NodeId, caller: Caller) {
  const stored = core.cache.get('node', id)
  if (!stored) return nodeNotFound(id)
  const refusal = nodeCan.drain(stored.value, caller.me.role)
  return refusal === null ? null : clusterError('wrong_state', refusal)
}
