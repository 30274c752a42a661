import type { ExplainedNow, Margin, NodeId, NodeVerdict, RequirementCost } from '@quarterdeck/domain'
import { countInWords } from './amounts.ts'
import type { ClusterSnapshot } from './cluster-snapshot.ts'
import type { Filter } from './filter.ts'
import { filters } from './filters/registry.ts'
import type { NodeEntry } from './node-entry.ts'
import { plan } from './plan.ts'
import type { Pending, PlanContext } from './plan-types.ts'
import { type PlanView, viewOf } from './plan-view.ts'
import { type Request, requestOf } from './request.ts'
import { candidatesOf } from './screen.ts'
import { findStrategy } from './strategies/registry.ts'

/**
 * Where a task would go on the cluster as it is, what each of its requirements costs, and what stands between it and one node.
 *
 * By the same `plan()` that places tasks; a task that holds a node is counted as if it had left it, because otherwise its own
 * reservation would be what stands in its way. Reads the snapshot and changes nothing.
 */
export function explain(
  snapshot: ClusterSnapshot,
  pending: Pending,
  askedNodeId: NodeId | null,
  context: PlanContext,
): ExplainedNow | null {
  if (!snapshot.complete) return null
  const { task, spec } = pending
  const look = () => decideNow(snapshot, { task: { ...task, planned: null }, spec }, askedNodeId, context)
  return task.nodeId === null ? look() : snapshot.supposing({ ...task, nodeId: task.nodeId }, null, look)
}

/** Why a node cannot take this task now; null when it can. What the task holds elsewhere does not count. */
export function obstacleOn(
  snapshot: ClusterSnapshot,
  pending: Pending,
  nodeId: NodeId,
  context: PlanContext,
): string | null {
  const entry = snapshot.entryOf(nodeId)
  if (!entry) return `there is no node ${nodeId}`
  const look = () => {
    const request = requestOf(pending, context, snapshot)
    const filter = rejectionsOf(snapshot, request, entry)[0]
    return filter ? filter.explain(request, entry, snapshot.accounts) : null
  }
  const { task, spec } = pending
  const countsItsOwn = Boolean(spec.taskAffinities?.length || spec.spreadOver?.length)
  return countsItsOwn && task.nodeId !== null
    ? snapshot.supposing({ ...task, nodeId: task.nodeId }, null, look)
    : look()
}

function decideNow(
  snapshot: ClusterSnapshot,
  pending: Pending,
  askedNodeId: NodeId | null,
  context: PlanContext,
): ExplainedNow | null {
  const made = plan(snapshot, [pending], context)
  const entry = made.placements[0]?.decision ?? made.refusals[0]?.decision
  if (!entry) return null

  const request = requestOf(pending, context, snapshot)
  const view = viewOf(snapshot)
  const asked = askedNodeId === null ? undefined : snapshot.entryOf(askedNodeId)
  return {
    entry,
    margin: marginOf(entry),
    requirements: requirementCosts(view, request),
    asked: asked ? verdictNow(view, request, asked, entry.nodeId, context) : null,
  }
}

/** By how much the best candidate beat the next. A decision that keeps one candidate compared none. */
export function marginOf({ nodeId, top }: Pick<ExplainedNow['entry'], 'nodeId' | 'top'>): Margin | null {
  const winner = top.find((candidate) => candidate.nodeId === nodeId)
  const next = top.find((candidate) => candidate.nodeId !== nodeId)
  return winner && next ? { overNodeId: next.nodeId, score: winner.score - next.score } : null
}

/** Every filter that this node does not pass. */
function rejectionsOf({ accounts }: Pick<PlanView, 'accounts'>, request: Request, entry: NodeEntry): Filter[] {
  const asked: readonly Filter[] = filters
  return asked.filter(
    (filter) => filter.reach(request) !== 'nothing' && filter.reject(request, entry, accounts) !== null,
  )
}

function requirementCosts(view: PlanView, request: Request): RequirementCost[] {
  const costs = new Map(filters.map(({ name, summary }) => [name as string, { summary, removed: 0, onlyIt: 0 }]))
  for (const entry of view.snapshot.entries()) {
    const [first, second] = rejectionsOf(view, request, entry)
    const cost = first && costs.get(first.name)
    if (!cost) continue
    cost.removed += 1
    if (!second) cost.onlyIt += 1
  }
  return [...costs].map(([filter, cost]) => ({ filter, ...cost }))
}

function verdictNow(
  view: PlanView,
  request: Request,
  entry: NodeEntry,
  chosen: NodeId | null,
  context: PlanContext,
): NodeVerdict {
  const nodeId = entry.node.id
  const rejecting = rejectionsOf(view, request, entry)
  const [only, ...others] = rejecting
  if (only) {
    const rules = rejecting.map((filter) => ({
      filter: filter.name,
      because: filter.explain(request, entry, view.accounts),
    }))
    const possible = others.length === 0 && only.effort(request, entry, view.accounts) !== null
    const remedy = possible ? `Would fit with ${only.remedy(request, entry, view.accounts)}.` : null
    const sentence = `Not on ${nodeId}: ${rules.map(({ filter, because }) => `${because} (${filter})`).join('; ')}.`
    return { nodeId, outcome: 'removed', rank: null, score: null, rules, remedy, sentence }
  }
  const { rank, score, eligible } = standing(view, request, entry, chosen, context)
  const isChosen = nodeId === chosen
  const place = rank === null ? '' : `, ${rank}. of ${countInWords(eligible, 'eligible node')}`
  return {
    nodeId,
    outcome: isChosen ? 'chosen' : 'eligible',
    rank,
    score,
    rules: [],
    remedy: null,
    sentence: isChosen
      ? `It would go to ${nodeId}${place}.`
      : `It could run on ${nodeId}${place}; ${request.spec.strategy} prefers ${chosen ?? 'another node'}.`,
  }
}

/**
 * The place of one node among all that pass. Each is put to the strategy alone; a strategy that takes turns, draws, or scores nodes
 * only against each other then gives every node the same score, or none that it would give to the winner, and there is no rank.
 */
function standing(
  view: PlanView,
  request: Request,
  entry: NodeEntry,
  chosen: NodeId | null,
  { random, nowMs }: PlanContext,
): { rank: number | null; score: number | null; eligible: number } {
  const strategy = findStrategy(request.spec.strategy)
  const passing = [...view.snapshot.entries()].filter((each) => rejectionsOf(view, request, each).length === 0)
  const context = { random, view, nowMs }
  const scoreOf = (index: number) => strategy?.choose(request, candidatesOf([index]), context)?.top[0]?.score ?? null
  const scores = passing.map(({ index, node }) => ({ id: node.id, score: scoreOf(index) }))
  const own = scores.find(({ id }) => id === entry.node.id)?.score ?? null
  const winner = scores.find(({ id }) => id === chosen)?.score ?? null
  const compares = new Set(scores.map(({ score }) => score)).size > 1 && scores.every(({ score }) => score !== null)
  const isConsistent = winner !== null && scores.every(({ score }) => score !== null && score <= winner)
  if (own === null || !compares || !isConsistent) return { rank: null, score: null, eligible: passing.length }
  return {
    rank: 1 + scores.filter(({ score }) => score !== null && score > own).length,
    score: own,
    eligible: passing.length,
  }
}
