import { judgeLoss, judgeSurvivability } from '@quarterdeck/controllers'
import type { Loss, NodeId, Survivability } from '@quarterdeck/domain'
import type { Core } from '../core.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { repeating } from '../work-loops/repeating.ts'
import { computeLoss, nodesOfZone } from './loss-plans.ts'

const STEP_EVERY_MS = 1_000
/** How much of the event loop one step may take: large clusters are judged over many steps. */
const STEP_MS_MAX = 20

type Target = { readonly kind: Loss['kind']; readonly id: string }

/**
 * Keeps the answer to "which single node or zone can be lost" up to date in the background, on every controller from its own view. The
 * answer says when it was computed; until the first round is through there is none.
 */
export type SurvivalWatch = { start(): void; stop(): void; current(): Survivability | null }

export function watchSurvival(core: Core, view: ClusterView): SurvivalWatch {
  const looking = repeating(core.platform, STEP_EVERY_MS, step)
  let answer: Survivability | null = null
  let judgedRevision = -1
  let roundRevision = -1
  let waiting: Target[] = []
  let losses: Loss[] = []

  function step(): void {
    if (!core.cache.complete) return
    if (waiting.length === 0 && !beginRound()) return
    const untilMs = core.platform.clock.monotonicMs() + STEP_MS_MAX
    do {
      const target = waiting.pop()
      if (!target) break
      const nodeIds = target.kind === 'zone' ? nodesOfZone(core, target.id) : [target.id as NodeId]
      losses.push(judgeLoss(target.kind, target.id, computeLoss(core, view, nodeIds)))
    } while (core.platform.clock.monotonicMs() < untilMs)
    if (waiting.length === 0) endRound()
  }

  /** False when nothing has changed since the last answer. */
  function beginRound(): boolean {
    if (core.cache.revision === judgedRevision) return false
    roundRevision = core.cache.revision
    losses = []
    view.takeLoads()
    const zones = new Set([...core.cache.all('node').values()].map(({ value }) => value.zone))
    const nodes = [...core.tasks.nodes()].filter((id) => core.cache.get('node', id))
    // Taken from the end: zones first, because they are few and matter most.
    waiting = [
      ...nodes.map((id): Target => ({ kind: 'node', id })),
      ...[...zones].map((id): Target => ({ kind: 'zone', id })),
    ]
    if (waiting.length === 0) endRound()
    return true
  }

  function endRound(): void {
    judgedRevision = roundRevision
    answer = judgeSurvivability({
      zones: losses.filter(({ kind }) => kind === 'zone'),
      nodes: losses.filter(({ kind }) => kind === 'node'),
      nodesTotal: core.cache.all('node').size,
      computedAtMs: core.platform.clock.unixMs(),
    })
  }

  return {
    current: () => answer,
    start: looking.start,
    stop: looking.stop,
  }
}
