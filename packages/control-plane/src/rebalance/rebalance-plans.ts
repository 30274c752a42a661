import { adviseRebalance, decideAutomatic } from '@quarterdeck/controllers'
import {
  clusterCan,
  clusterError,
  fail,
  type Operation,
  type OperationId,
  type Outcome,
  ok,
  operationIdSchema,
  type PlanId,
  type RebalancePlan,
} from '@quarterdeck/domain'
import type { Pending } from '@quarterdeck/scheduler'
import { actorOf, metaOf, ownMeta } from '../actor.ts'
import { put } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Caller } from '../contract.ts'
import type { Core } from '../core.ts'
import { byWhom } from '../nodes/node-act.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'

/** The moves that would even the cluster out now, on the snapshot that the scheduler places by. Changes nothing. */
export function rebalanceAdvice(core: Core, view: ClusterView, movesMax?: number): RebalancePlan {
  const tasks = [...core.tasks.inState('running')].flatMap((id): Pending[] => {
    const task = core.cache.get('task', id)?.value
    const spec = core.cache.get('task-spec', id)?.value
    const service = task?.replica ? core.cache.get('service', task.replica.serviceId)?.value : undefined
    return task && spec && service?.rebalance !== 'never' ? [{ task, spec }] : []
  })
  const context = { random: core.platform.random, nowMs: core.platform.clock.unixMs() }
  return adviseRebalance(
    view.snapshot,
    { tasks, revision: core.cache.revision, ...(movesMax === undefined ? {} : { movesMax }) },
    context,
  )
}

/** Starts to carry out the advice that was looked at, if it still is the advice. The leader's rebalance loop does the rest. */
export async function startRebalance(
  core: Core,
  view: ClusterView,
  input: { readonly planId: PlanId; readonly reason: string },
  caller: Caller,
): Promise<Outcome<{ readonly operationId: OperationId }>> {
  const id = operationIdSchema.parse(core.platform.ids.next('op'))
  const done = await commitDraft(core, () => {
    const refusal = clusterCan.rebalance(caller.me.role)
    if (refusal) return fail(clusterError('not_permitted', refusal))
    const running = [...core.cache.all('operation').values()].find(
      ({ value }) => value.kind === 'rebalance' && value.state === 'running',
    )
    if (running) {
      return fail(
        clusterError('wrong_state', `Rebalance ${running.id} is still running.`, {
          remedy: 'Wait for its end, or stop it.',
        }),
      )
    }
    const plan = rebalanceAdvice(core, view)
    if (plan.id !== input.planId) return fail(outdated(input.planId, plan))
    if (plan.moves.length === 0)
      return fail(clusterError('wrong_state', 'No move would cut skew: there is nothing to rebalance.'))
    const operation = newOperation(core, { id, plan, reason: input.reason, by: actorOf(caller) })
    const text = `Rebalance ${id} started${byWhom(caller, input.reason)}: ${adviceInWords(plan)}`
    return ok({
      value: null,
      changes: [put('operation', operation, 0)],
      meta: metaOf(core, caller, { action: 'cluster.rebalance', target: `operation:${id}`, reason: input.reason }, [
        { type: 'rebalance.started', subject: { kind: 'operation', id }, severity: 'notice', text: text.slice(0, 500) },
      ]),
    })
  })
  return done.ok ? ok({ operationId: id }) : done
}

/**
 * Starts what the advice is now, as far as the settings let the cluster move tasks by itself. Called by the leader alone; the fence of the
 * commit and the running operation that it looks for keep it from being begun twice.
 */
export async function startAutomaticRebalance(core: Core, view: ClusterView): Promise<void> {
  const policy = core.cache.get('settings', 'cluster')?.value.rebalance
  const operations = () => [...core.cache.all('operation').values()].map(({ value }) => value)
  if (!policy || decideAutomatic(policy, operations(), core.platform.clock.unixMs()).movesMax === 0) return
  const id = operationIdSchema.parse(core.platform.ids.next('op'))
  await commitDraft(
    core,
    () => {
      const { movesMax, because } = decideAutomatic(policy, operations(), core.platform.clock.unixMs())
      const plan = movesMax === 0 ? null : rebalanceAdvice(core, view, movesMax)
      if (!plan || plan.moves.length === 0 || plan.skewBefore < policy.skewMin)
        return ok({ value: null, changes: [], meta: ownMeta(core) })
      const reason = `automatic: ${because}`
      const text = `Rebalance ${id} started by the cluster itself, ${because}: ${adviceInWords(plan)}`
      return ok({
        value: null,
        changes: [put('operation', newOperation(core, { id, plan, reason, by: `controller:${core.id}` }), 0)],
        meta: ownMeta(core, [
          {
            type: 'rebalance.started',
            subject: { kind: 'operation', id },
            severity: 'notice',
            text: text.slice(0, 500),
          },
        ]),
      })
    },
    { asLeader: true },
  )
}

function newOperation(
  core: Core,
  { id, plan, reason, by }: Pick<Operation, 'id' | 'reason' | 'by'> & { readonly plan: RebalancePlan },
): Operation {
  const sources = [...new Set(plan.moves.map(({ fromNodeId }) => fromNodeId))]
  return {
    v: 1,
    id,
    kind: 'rebalance',
    nodeIds: sources,
    by,
    reason,
    state: 'running',
    startedAtMs: core.platform.clock.unixMs(),
    endedAtMs: null,
    plan: null,
    rebalance: plan,
    actual: plan.moves.map(({ taskId, fromNodeId }) => ({ taskId, fate: 'pending', toNodeId: fromNodeId })),
    progress: sources.map((nodeId) => {
      const tasks = plan.moves.filter(({ fromNodeId }) => fromNodeId === nodeId).length
      return { nodeId, state: 'waiting', tasksAtStart: tasks, tasksLeft: tasks, blockedBy: [] }
    }),
  }
}

function outdated(planId: PlanId, now: RebalancePlan) {
  return clusterError(
    'plan_outdated',
    `The cluster is not as plan ${planId} saw it. Now the advice is ${now.id}: ${adviceInWords(now)}.`,
    { remedy: 'Look at the advice again, then confirm that one.' },
  )
}

function adviceInWords({ moves, skewBefore, skewAfter }: RebalancePlan): string {
  const percent = (share: number) => `${Math.round(share * 100)} %`
  if (moves.length === 0) return `no move (skew ${percent(skewBefore)})`
  const many = moves.length === 1 ? '1 move cuts' : `${moves.length} moves cut`
  return `${many} skew ${percent(skewBefore)} -> ${percent(skewAfter)}`
}
