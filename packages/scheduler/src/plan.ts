import type { DecisionEntry, NodeId } from '@quarterdeck/domain'
import { preferred } from './affinity/prefer.ts'
import type { ClusterSnapshot } from './cluster-snapshot.ts'
import { placedDecision, refusedDecision, refusedOutright } from './decision.ts'
import { fitDevices } from './devices.ts'
import type { Pending, Placement, Plan, PlanContext, Refusal } from './plan-types.ts'
import { entryAt, idAt, lendRoom, type PlanView, takeRoom, viewOf } from './plan-view.ts'
import { fitPorts } from './ports.ts'
import { compareInQueue } from './queue-order.ts'
import { type Request, requestOf, shapeOf } from './request.ts'
import { candidatesOf, Screener, type Screening } from './screen.ts'
import { findStrategy } from './strategies/registry.ts'
import type { Candidates, Choice } from './strategy.ts'

/**
 * Says where each pending task goes, or why it has to wait.
 *
 * Pure: reads the snapshot and works on a fork of its accounts, so that several placements of one plan see each other. The same
 * snapshot, tasks and seed give the same plan. Tasks are served by priority, then first come first served; a task that does not fit
 * never blocks one behind it that does. From a snapshot that is not complete nothing is placed.
 */
export function plan(snapshot: ClusterSnapshot, pending: readonly Pending[], context: PlanContext): Plan {
  const placements: Placement[] = []
  const refusals: Refusal[] = []
  const view = viewOf(snapshot)
  const screener = new Screener(view)
  // Room only shrinks while a plan is made: what was refused once is refused again, without looking at each node again.
  const refusedShapes = new Map<string, DecisionEntry>()

  for (const each of [...pending].sort((left, right) => compareInQueue(left.task, right.task))) {
    const takeAgain = each.task.room ? lendRoom(view, each.task.id) : null
    const request = requestOf(each, context, snapshot, view)
    const refuse = (decision: DecisionEntry) => {
      takeAgain?.()
      refusals.push({ taskId: each.task.id, decision })
    }
    if (!snapshot.complete) {
      refuse(refusedOutright(request, 'the view of the cluster is not complete yet', context))
      continue
    }
    const most = each.spec.concurrency?.running
    if (most !== undefined && view.neighbours.total(each.task.name) >= most) {
      refuse(
        refusedOutright(request, `${most} of ${each.task.name} are under way, the most that the job allows`, context),
      )
      continue
    }
    const strategy = findStrategy(each.spec.strategy)
    if (!strategy) {
      refuse(refusedOutright(request, `there is no strategy "${each.spec.strategy}"`, context))
      continue
    }
    const shape = shapeOf(request)
    const known = refusedShapes.get(shape)
    if (known) {
      refuse({ ...known, attempt: each.task.attempt + 1, strategy: each.spec.strategy })
      continue
    }

    const screening = screener.screen(request, shape)
    const offered = asWished(view, request, ratherElsewhere(view, request, screening.candidates))
    const choice =
      asPlanned(view, request, screening) ??
      strategy.choose(request, offered.candidates, { random: context.random, view, nowMs: context.nowMs })
    if (!choice) {
      const decision = refusedDecision(view, request, screening, context)
      refusedShapes.set(shape, decision)
      refuse(decision)
      continue
    }
    const remember = choice.remember ?? []
    for (const record of remember) view.memory.take(record)
    const entry = entryAt(view, choice.index)
    const decision = placedDecision(view, request, screening, withNote(choice, offered.note), context)
    const gpus = choice.gpus ?? devicesFor(view, request, entry.index)
    const ports = fitPorts(view.accounts.ports, entry.index, each.spec.ports ?? [], context.random.next) ?? []
    takeRoom(view, request, entry, { gpus, ports })
    screener.placed(entry.index)
    placements.push({
      taskId: each.task.id,
      nodeId: entry.node.id,
      nodeRevision: entry.revision,
      gpus,
      ports,
      remember,
      decision,
    })
  }
  return { placements, refusals }
}

function devicesFor(view: PlanView, { resources: { gpu } }: Request, index: number): readonly number[] {
  return gpu ? (fitDevices(view.accounts.devices.at(index), gpu) ?? []) : []
}

/** The destination that an executed plan names, or where room was made, when it fits there. */
function asPlanned(view: PlanView, { task }: Request, { candidates }: Screening): Choice | undefined {
  const { planned, room } = task
  if (!planned && !room) return undefined
  const { nodeId, because } = planned
    ? {
        nodeId: planned.nodeId,
        because: `as planned by ${planned.operationId ? `operation ${planned.operationId}` : `plan ${planned.planId ?? ''}`}`,
      }
    : { nodeId: room?.nodeId, because: 'room was made for it there' }
  for (let position = 0; position < candidates.count; position++) {
    const index = candidates.at(position)
    if (idAt(view, index) !== nodeId) continue
    return { index, top: [{ index, score: 0, why: 'planned' }], because }
  }
  return undefined
}

type Offer = { readonly candidates: Candidates; readonly note: string | null }

/** Leaves out the nodes that the task would rather avoid, unless nothing else is left. */
function ratherElsewhere(view: PlanView, { rather }: Request, candidates: Candidates): Offer {
  if (rather.size === 0) return { candidates, note: null }
  const others: number[] = []
  const avoided: NodeId[] = []
  for (let position = 0; position < candidates.count; position++) {
    const index = candidates.at(position)
    const nodeId = idAt(view, index)
    if (rather.has(nodeId)) avoided.push(nodeId)
    else others.push(index)
  }
  if (avoided.length === 0) return { candidates, note: null }
  if (others.length === 0) return { candidates, note: 'every other node is ruled out, so one that it avoids is used' }
  return { candidates: candidatesOf(others), note: `other nodes than ${avoided.slice(0, 3).join(', ')} first` }
}

/** Leaves those that meet the task's wishes best. */
function asWished(view: PlanView, request: Request, offer: Offer): Offer {
  const best = preferred(view, request, offer.candidates)
  if (!best) return offer
  return { candidates: candidatesOf(best.indexes), note: [offer.note, best.because].filter(Boolean).join('; ') }
}

function withNote(choice: Choice, note: string | null): Choice {
  return note ? { ...choice, because: `${choice.because}; ${note}` } : choice
}
