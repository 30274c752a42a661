/** How many tasks of one name each zone and each node holds: what spreading goes by. */
export class Neighbours {
  readonly #base: Neighbours | undefined
  readonly #byName = new Map<string, Counts>()

  constructor(base?: Neighbours) {
    this.#base = base
  }

  add(name: string, zone: string, index: number, amount: 1 | -1): void {
    const counts = this.#byName.get(name) ?? { zones: new Map(), nodes: new Map() }
    bump(counts.zones, zone, amount)
    bump(counts.nodes, index, amount)
    if (counts.zones.size === 0 && counts.nodes.size === 0) this.#byName.delete(name)
    else this.#byName.set(name, counts)
  }

  /** How many tasks of one name there are in all. */
  total(name: string): number {
    let total = this.#base?.total(name) ?? 0
    for (const count of this.#byName.get(name)?.nodes.values() ?? []) total += count
    return total
  }

  /** The nodes that hold tasks of one name, by index, with how many. */
  nodesOf(name: string): ReadonlyMap<number, number> {
    const counts = new Map(this.#base?.nodesOf(name))
    for (const [index, count] of this.#byName.get(name)?.nodes ?? [])
      counts.set(index, (counts.get(index) ?? 0) + count)
    return counts
  }

  /** The same in a flat array by node index, for a look at every node. */
  countsByNode(name: string, indexCount: number): Int32Array {
    const counts = this.#base?.countsByNode(name, indexCount) ?? new Int32Array(indexCount)
    for (const [index, count] of this.#byName.get(name)?.nodes ?? []) counts[index] = (counts[index] ?? 0) + count
    return counts
  }

  /** Counts of one name, looked up once for many nodes. */
  of(name: string): NeighbourCounts {
    const own = this.#byName.get(name)
    const base = this.#base?.of(name)
    return {
      inZone: (zone) => (own?.zones.get(zone) ?? 0) + (base?.inZone(zone) ?? 0),
      onNode: (index) => (own?.nodes.get(index) ?? 0) + (base?.onNode(index) ?? 0),
    }
  }

  /** Counts on top of these: a plan's own placements see each other and leave the originals alone. */
  fork(): Neighbours {
    return new Neighbours(this)
  }
}

export type NeighbourCounts = {
  inZone(zone: string): number
  onNode(index: number): number
}

type Counts = { readonly zones: Map<string, number>; readonly nodes: Map<number, number> }

function bump<Key>(counts: Map<Key, number>, key: Key, amount: number): void {
  const next = (counts.get(key) ?? 0) + amount
  if (next === 0) counts.delete(key)
  else counts.set(key, next)
}
