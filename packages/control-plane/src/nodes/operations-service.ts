import {
  clusterCan,
  clusterError,
  fail,
  type NodeId,
  type Operation,
  type OperationId,
  type Outcome,
  ok,
  operationIdSchema,
  type PlanId,
} from '@quarterdeck/domain'
import { actorOf, metaOf } from '../actor.ts'
import { put, replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Caller, OperationsService } from '../contract.ts'
import type { Core } from '../core.ts'
import { stopDrain } from '../drain/stop-drain.ts'
import { readPlan } from '../plans/kept-plans.ts'
import { byWhom } from './node-act.ts'
import { asOf } from './read-nodes.ts'

/** Long acts, newest first; those that still run come before those that ended. */
export function createOperationsService(core: Core): OperationsService {
  return {
    list({ limit }) {
      const operations = [...core.cache.all('operation').values()].map(({ value }) => value)
      const rank = (state: string) => (state === 'running' ? 0 : 1)
      operations.sort((a, b) => rank(a.state) - rank(b.state) || b.startedAtMs - a.startedAtMs)
      return asOf(core, operations.slice(0, limit))
    },
    get(id) {
      const stored = core.cache.get('operation', id)
      return stored ? ok(asOf(core, stored.value)) : fail(notFound(id))
    },
    stop: (input, caller) => stopOperation(core, input, caller),
    sharePlan: (input, caller) => sharePlan(core, input, caller),
  }
}

function notFound(id: OperationId) {
  return clusterError('operation_not_found', `There is no operation ${id}.`)
}

/** Ends an operation where it is. What it already asked for goes on: a task that is being stopped lands where it was to land. */
async function stopOperation(
  core: Core,
  { id, reason }: { readonly id: OperationId; readonly reason: string },
  caller: Caller,
): Promise<Outcome<null>> {
  const operation = core.cache.get('operation', id)?.value
  if (!operation) return fail(notFound(id))
  if (operation.kind === 'drain' && operation.state === 'running') {
    return await stopDrain(core, { ids: drainingFor(core, operation), uncordon: false, reason }, caller)
  }
  const done = await commitDraft(core, () => {
    const stored = core.cache.get('operation', id)
    if (!stored) return fail(notFound(id))
    const refusal = clusterCan.stopOperation(stored.value, caller.me.role)
    if (refusal) return fail(clusterError('wrong_state', refusal))
    const next: Operation = {
      ...stored.value,
      state: 'stopped',
      endedAtMs: core.platform.clock.unixMs(),
      progress: stored.value.progress.map((entry) =>
        entry.state === 'done' ? entry : { ...entry, state: 'stopped' as const },
      ),
    }
    const text = `The ${stored.value.kind} ${id} was stopped${byWhom(caller, reason)}`
    return ok({
      value: null,
      changes: [replace(stored, next)],
      meta: metaOf(core, caller, { action: 'operations.stop', target: `operation:${id}`, reason }, [
        { type: 'operation.stopped', subject: { kind: 'operation', id }, severity: 'notice', text },
      ]),
    })
  })
  return done.ok ? ok(null) : done
}

function drainingFor(core: Core, { id, nodeIds }: Operation): NodeId[] {
  return nodeIds.filter((nodeId) => core.cache.get('node', nodeId)?.value.drain?.operationId === id)
}

/** Makes a previewed plan an operation of kind `plan`: something with a link, that another person can open and apply. */
async function sharePlan(
  core: Core,
  { planId, reason }: { readonly planId: PlanId; readonly reason: string },
  caller: Caller,
): Promise<Outcome<{ readonly operationId: OperationId }>> {
  const plan = await readPlan(core, 'plan', planId)
  if (!plan.ok) return plan
  const nowMs = core.platform.clock.unixMs()
  const operation: Operation = {
    v: 1,
    id: operationIdSchema.parse(core.platform.ids.next('op')),
    kind: 'plan',
    nodeIds: plan.value.nodeIds,
    by: actorOf(caller),
    reason,
    state: 'done',
    startedAtMs: nowMs,
    endedAtMs: nowMs,
    plan: plan.value,
    actual: [],
    progress: [],
  }
  const done = await commitDraft(core, () =>
    ok({
      value: null,
      changes: [put('operation', operation, 0)],
      meta: metaOf(core, caller, {
        action: 'operations.sharePlan',
        target: `operation:${operation.id}`,
        reason,
        detail: planId,
      }),
    }),
  )
  return done.ok ? ok({ operationId: operation.id }) : done
}
