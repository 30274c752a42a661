import { type StrategyState, strategyStateId } from '@quarterdeck/domain'

/**
 * What strategies remember beyond one decision: a few small records, each stored in the same commit as the placement that changed it.
 * A plan writes into a fork; whoever carries it out tells the original.
 */
export class StrategyMemory {
  readonly #records = new Map<string, StrategyState>()
  readonly #base: StrategyMemory | undefined

  constructor(base?: StrategyMemory) {
    this.#base = base
  }

  get(strategy: string, nodeId?: string): StrategyState | undefined {
    return this.#find(strategyStateId(strategy, nodeId))
  }

  /** The record that follows the present one. */
  next(strategy: string, nodeId: string | undefined, changes: Pick<StrategyState, 'nodeId' | 'amount'>): StrategyState {
    const id = strategyStateId(strategy, nodeId)
    return { v: 1, id, sequence: (this.#find(id)?.sequence ?? 0) + 1, ...changes }
  }

  /** Takes a record unless a newer one is known: a controller hears its own commits after it has decided further. */
  take(record: StrategyState): void {
    const known = this.#find(record.id)
    if (!known || record.sequence > known.sequence) this.#records.set(record.id, record)
  }

  forget(id: string): void {
    this.#records.delete(id)
  }

  fork(): StrategyMemory {
    return new StrategyMemory(this)
  }

  #find(id: string): StrategyState | undefined {
    const own = this.#records.get(id)
    return own ?? (this.#base ? this.#base.#find(id) : undefined)
  }
}
