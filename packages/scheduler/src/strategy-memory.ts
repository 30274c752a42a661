import { type NodeId, type StrategyState, strategyStateId } from '@quarterdeck/domain'

/** Amounts by node index; NaN, or beyond the end, where nothing is remembered of a node. */
export type NodeAmounts = Float64Array

const nothing: NodeAmounts = new Float64Array(0)

/**
 * What strategies remember beyond one decision: a few small records, each stored in the same commit as the placement that changed it.
 * A plan writes into a fork; whoever carries it out tells the original.
 *
 * What is remembered per node lies in flat arrays too: a strategy that takes turns looks at every node for every task.
 */
export class StrategyMemory {
  readonly #records = new Map<string, StrategyState>()
  readonly #amounts = new Map<string, NodeAmounts>()
  readonly #indexOf: (nodeId: NodeId) => number
  readonly #base: StrategyMemory | undefined

  constructor(indexOf: (nodeId: NodeId) => number, base?: StrategyMemory) {
    this.#indexOf = indexOf
    this.#base = base
  }

  get(strategy: string, nodeId?: string): StrategyState | undefined {
    return this.#find(strategyStateId(strategy, nodeId))
  }

  /** What a strategy remembers of each node. */
  amounts(strategy: string): NodeAmounts {
    return this.#amounts.get(strategy) ?? this.#base?.amounts(strategy) ?? nothing
  }

  /** The record that follows the present one. */
  next(strategy: string, nodeId: string | undefined, changes: Pick<StrategyState, 'nodeId' | 'amount'>): StrategyState {
    const id = strategyStateId(strategy, nodeId)
    return { v: 1, id, sequence: (this.#find(id)?.sequence ?? 0) + 1, ...changes }
  }

  /** Takes a record unless a newer one is known: a controller hears its own commits after it has decided further. */
  take(record: StrategyState): void {
    const known = this.#find(record.id)
    if (known && record.sequence <= known.sequence) return
    this.#records.set(record.id, record)
    this.#note(record.id, record.amount)
  }

  forget(id: string): void {
    this.#records.delete(id)
    this.#note(id, Number.NaN)
  }

  fork(): StrategyMemory {
    return new StrategyMemory(this.#indexOf, this)
  }

  #note(id: string, amount: number): void {
    const at = id.indexOf('.')
    if (at < 0) return
    const strategy = id.slice(0, at)
    const index = this.#indexOf(id.slice(at + 1) as NodeId)
    const known = this.amounts(strategy)
    const own =
      this.#amounts.get(strategy) === known && index < known.length
        ? known
        : longer(known, Math.max(known.length, index + 1))
    own[index] = amount
    this.#amounts.set(strategy, own)
  }

  #find(id: string): StrategyState | undefined {
    const own = this.#records.get(id)
    return own ?? (this.#base ? this.#base.#find(id) : undefined)
  }
}

/** A copy with room to spare, so that nodes that are met one after the other do not each cost one. */
function longer(amounts: NodeAmounts, length: number): NodeAmounts {
  const next = new Float64Array(length === amounts.length ? length : length * 2).fill(Number.NaN)
  next.set(amounts)
  return next
}
