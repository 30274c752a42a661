import type { Loss, PlannedLoss, Survivability, UnixMs } from '@quarterdeck/domain'

/** A loss is survived when everything that may run elsewhere finds a place, and nothing has to wait for what is gone. */
export function judgeLoss(kind: Loss['kind'], id: string, { counts, warnings, moves }: PlannedLoss): Loss {
  const { move, wait, nowhere } = counts
  const waiting = moves.find(({ fate }) => fate === 'stays')
  const because = warnings[0] ?? (waiting ? `${waiting.name} ${waiting.because}` : null)
  return { kind, id, survives: nowhere === 0 && wait === 0, move, wait, nowhere, because }
}

const NODES_LISTED = 200

export type Losses = {
  readonly zones: readonly Loss[]
  readonly nodes: readonly Loss[]
  readonly nodesTotal: number
  readonly computedAtMs: UnixMs
}

/** The answer in one sentence, with the losses that would hurt most first. */
export function judgeSurvivability({ zones, nodes, nodesTotal, computedAtMs }: Losses): Survivability {
  const anyNode = nodes.every(({ survives }) => survives)
  const anyZone = zones.length > 1 && zones.every(({ survives }) => survives)
  return {
    computedAtMs,
    anyNode,
    anyZone,
    sentence: `${nodeSentence(nodes)} ${zoneSentence(zones)}`,
    nodes: [...nodes].sort(worstFirst).slice(0, NODES_LISTED),
    zones: [...zones].sort(worstFirst),
    nodesChecked: nodes.length,
    nodesTotal,
  }
}

function nodeSentence(nodes: readonly Loss[]): string {
  const not = nodes.filter(({ survives }) => !survives)
  const [worst] = [...not].sort(worstFirst)
  if (!worst) return 'Any one node can be lost.'
  const others = not.length > 1 ? ` and ${not.length - 1} more nodes` : ''
  return `Not every node can be lost: ${worst.id}${others} would leave work behind.`
}

function zoneSentence(zones: readonly Loss[]): string {
  if (zones.length < 2) return 'There is only one zone, so it cannot be lost.'
  const [worst] = zones.filter(({ survives }) => !survives).sort(worstFirst)
  return worst
    ? `Zone ${worst.id} cannot be lost: ${worst.because ?? 'work would be left behind'}.`
    : 'Any one zone can be lost.'
}

function worstFirst(left: Loss, right: Loss): number {
  return (
    Number(left.survives) - Number(right.survives) ||
    right.nowhere - left.nowhere ||
    right.wait - left.wait ||
    right.move - left.move
  )
}
