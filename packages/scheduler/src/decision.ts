import type { DecisionEntry, FilterCount } from '@quarterdeck/domain'
import { countInWords } from './amounts.ts'
import type { PlanContext } from './plan-types.ts'
import { entryAt, idAt, type PlanView } from './plan-view.ts'
import type { Request } from './request.ts'
import type { Screening } from './screen.ts'
import type { Choice } from './strategy.ts'
import { wouldFit } from './would-fit.ts'

/** Why a task goes where it goes. */
export function placedDecision(
  view: PlanView,
  request: Request,
  screening: Screening,
  choice: Choice,
  context: PlanContext,
): DecisionEntry {
  return {
    ...about(request, context),
    outcome: 'placed',
    nodeId: idAt(view, choice.index),
    considered: screening.considered,
    eligible: screening.candidates.count,
    filters: filterCounts(view, request, screening),
    top: choice.top.map(({ index, score, why }) => ({ nodeId: idAt(view, index), score, why: why.slice(0, 200) })),
    because: choice.because.slice(0, 1_000),
    wouldFit: null,
  }
}

/** Why a task waits: how many nodes were ruled out by what, and the smallest change that would help. */
export function refusedDecision(
  view: PlanView,
  request: Request,
  screening: Screening,
  context: PlanContext,
): DecisionEntry {
  return {
    ...about(request, context),
    outcome: 'refused',
    nodeId: null,
    considered: screening.considered,
    eligible: 0,
    filters: filterCounts(view, request, screening),
    top: [],
    because: refusalInWords(screening),
    wouldFit: waitsForRoom(request) ?? wouldFit(view, request),
  }
}

function waitsForRoom({ task }: Request): string | null {
  if (!task.room) return null
  const { nodeId, victims } = task.room
  const many = victims.length === 1 ? 'a less important task is' : `${victims.length} less important tasks are`
  return `Room is being made on ${nodeId}: ${many} being stopped there.`
}

/** A refusal that no node had a part in. */
export function refusedOutright(request: Request, because: string, context: PlanContext): DecisionEntry {
  return {
    ...about(request, context),
    outcome: 'refused',
    nodeId: null,
    considered: 0,
    eligible: 0,
    filters: [],
    top: [],
    because,
    wouldFit: null,
  }
}

function about({ task, spec }: Request, { nowMs }: PlanContext) {
  return { attempt: task.attempt + 1, atMs: nowMs, strategy: spec.strategy }
}

/** "14 nodes: 9 too little memory, 5 cordoned". */
function refusalInWords({ considered, labels }: Screening): string {
  if (considered === 0) return 'no node has joined the cluster'
  const counts = [...labels].sort(([, left], [, right]) => right - left)
  const listed = counts.map(([label, nodes]) => `${nodes.toLocaleString('en-US')} ${label}`).join(', ')
  return `${countInWords(considered, 'node')}: ${listed}`.slice(0, 1_000)
}

function filterCounts(view: PlanView, request: Request, { tallies }: Screening): FilterCount[] {
  return tallies.map(({ filter, removed, exampleIndex }) => ({
    filter: filter.name,
    removed,
    ...(exampleIndex === null
      ? {}
      : { example: filter.explain(request, entryAt(view, exampleIndex), view.accounts).slice(0, 300) }),
  }))
}
