import type { Node } from '@quarterdeck/domain'
import { hashText } from './hashing/hash-text.ts'

/** A node as the scheduler knows it, with its place in the flat arrays. */
export type NodeEntry = {
  readonly index: number
  readonly node: Node
  readonly revision: number
  /** The node's own labels and the built-in ones: `node`, `zone`, `region`, `arch`, `os`. */
  readonly labels: ReadonlyMap<string, string>
  /** How much work it takes beside the others: its label `weight`, 1 without. */
  readonly weight: number
  /** Hash of its id, for strategies that hash. */
  readonly nameHash: number
  /** Nodes with equal keys give equal answers to every filter that looks at the class only. */
  readonly classKey: string
}

export function nodeEntry(index: number, node: Node, revision: number): NodeEntry {
  return {
    index,
    node,
    revision,
    labels: labelsOf(node),
    weight: weightOf(node),
    nameHash: hashText(node.id),
    classKey: classKeyOf(node),
  }
}

/** Built-in labels win over a node's own of the same name: a machine cannot pretend to be in another zone by a label. */
export function labelsOf(node: Node): ReadonlyMap<string, string> {
  return new Map([
    ...Object.entries(node.labels),
    ['node', node.id],
    ['zone', node.zone],
    ['region', node.region],
    ['arch', node.facts.arch],
    ['os', node.facts.os],
  ])
}

/** Everything that a class filter may read, in one text. The label `node` is left out: it would make each node its own class. */
function classKeyOf(node: Node): string {
  return JSON.stringify([
    node.health,
    node.scheduling,
    node.quarantined,
    node.zone,
    node.region,
    node.facts.arch,
    node.facts.os,
    node.facts.drivers,
    [...node.facts.handlers].sort(),
    node.pool,
    node.taints,
    Object.entries(node.labels).sort(([left], [right]) => (left < right ? -1 : 1)),
  ])
}

const WEIGHT_MAX = 1_000

/** The label `weight` as a number from 0.01 to 1,000; anything else counts as 1. */
function weightOf({ labels }: Node): number {
  const weight = Number(labels.weight ?? 1)
  return Number.isFinite(weight) && weight > 0 ? Math.min(WEIGHT_MAX, Math.max(0.01, weight)) : 1
}
