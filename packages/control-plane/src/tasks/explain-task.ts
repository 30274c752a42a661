import { taskReasons } from '@quarterdeck/controllers'
import {
  type DecisionEntry,
  type ExplainedDecision,
  type ExplainedNow,
  fail,
  type Node,
  type NodeId,
  type NodeVerdict,
  type Outcome,
  ok,
  type TaskExplanation,
  type TaskId,
  type TaskSubmit,
} from '@quarterdeck/domain'
import { explain, marginOf } from '@quarterdeck/scheduler'
import { storeError } from '../commit-draft.ts'
import type { Core } from '../core.ts'
import { nodeNotFound } from '../nodes/node-act.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { newTask } from './new-task.ts'
import { readDecisions, taskNotFound } from './task-detail.ts'

/** Why a task is where it is: what was decided, as stored, and what would be decided now. Changes nothing. */
export async function explainTask(
  core: Core,
  view: ClusterView,
  { id, nodeId }: { readonly id: TaskId; readonly nodeId?: NodeId },
): Promise<Outcome<TaskExplanation>> {
  const task = core.cache.get('task', id)?.value
  const spec = core.cache.get('task-spec', id)?.value
  if (!task || !spec) return fail(taskNotFound(id))
  const node = nodeId === undefined ? undefined : core.cache.get('node', nodeId)?.value
  if (nodeId !== undefined && !node) return fail(nodeNotFound(nodeId))

  let stored: readonly DecisionEntry[]
  try {
    stored = await readDecisions(core, id, task.attempt)
  } catch (error) {
    return fail(storeError(error))
  }
  const nowMs = core.platform.clock.unixMs()
  view.takeLoads()
  return ok({
    taskId: task.id,
    name: task.name,
    state: task.state,
    nodeId: task.nodeId,
    reasons: taskReasons(task, spec, {
      nodeOf: (nodeId) => core.cache.get('node', nodeId)?.value,
      operations: [...core.cache.all('operation').values()].map(({ value }) => value),
      nowMs,
    }),
    decided: stored.map(
      (entry): ExplainedDecision => ({
        entry,
        margin: marginOf(entry),
        asked: node ? verdictThen(entry, node) : null,
      }),
    ),
    now: explain(view.snapshot, { task, spec }, nodeId ?? null, { random: core.platform.random, nowMs }),
  })
}

/** The same question about a task that does not exist yet. */
export function explainNewTask(
  core: Core,
  view: ClusterView,
  { task: input, nodeId }: { readonly task: TaskSubmit; readonly nodeId?: NodeId },
): Outcome<ExplainedNow | null> {
  if (nodeId !== undefined && !core.cache.get('node', nodeId)) return fail(nodeNotFound(nodeId))
  const { task, spec } = newTask(core, input, 'preview')
  view.takeLoads()
  const context = { random: core.platform.random, nowMs: core.platform.clock.unixMs() }
  return ok(explain(view.snapshot, { task: { ...task, state: 'queued' }, spec }, nodeId ?? null, context))
}

/**
 * What a stored decision tells of one node. It keeps the best five, and per rule a count and one example, so for some nodes it tells only
 * what can be: that is said, not guessed.
 */
export function verdictThen(entry: DecisionEntry, node: Pick<Node, 'id' | 'joinedAtMs'>): NodeVerdict {
  const nodeId = node.id
  const verdict = (
    outcome: NodeVerdict['outcome'],
    sentence: string,
    more: Partial<Pick<NodeVerdict, 'rank' | 'score' | 'rules'>> = {},
  ): NodeVerdict => ({ nodeId, outcome, rank: null, score: null, rules: [], remedy: null, ...more, sentence })

  if (node.joinedAtMs > entry.atMs) return verdict('not-known', `${nodeId} joined after this was decided.`)
  const place = entry.top.findIndex((candidate) => candidate.nodeId === nodeId)
  const candidate = entry.top[place]
  if (candidate) {
    const isChosen = entry.nodeId === nodeId
    const sentence = isChosen
      ? `It was placed on ${nodeId}: ${entry.because}.`
      : `${nodeId} was ${place + 1}. of ${entry.eligible}: ${candidate.why}.`
    return verdict(isChosen ? 'chosen' : 'eligible', sentence, { rank: place + 1, score: candidate.score })
  }
  const removing = entry.filters.filter(({ removed }) => removed > 0)
  const named = removing.find(({ example }) => example?.split(/[\s,]+/).includes(nodeId))
  const [only, ...others] = removing
  const isCertain = only !== undefined && others.length === 0 && entry.eligible <= entry.top.length
  const rule = named ?? (isCertain ? only : undefined)
  if (rule) {
    const because = named?.example ?? `one of ${rule.removed} nodes that it removed`
    return verdict('removed', `${nodeId} was removed by ${rule.filter}: ${because}.`, {
      rules: [{ filter: rule.filter, because }],
    })
  }
  const removed = removing.map(({ filter, removed }) => `${filter} removed ${removed}`).join(', ')
  const below = entry.eligible > entry.top.length ? 'It was not among the best that were kept' : 'It was ruled out'
  return verdict('not-known', `${below}; the decision keeps counts only (${removed || 'no rule removed a node'}).`)
}
