/** How many tasks of one name each zone and each node holds: what spreading goes by. */
export class Neighbours {
  readonly #base: Neighbours | undefined
  readonly #byZone = new Map<string, number>()
  readonly #byNode = new Map<string, number>()

  constructor(base?: Neighbours) {
    this.#base = base
  }

  add(name: string, zone: string, index: number, amount: 1 | -1): void {
    bump(this.#byZone, zoneKey(name, zone), amount)
    bump(this.#byNode, nodeKey(name, index), amount)
  }

  inZone(name: string, zone: string): number {
    return (this.#byZone.get(zoneKey(name, zone)) ?? 0) + (this.#base?.inZone(name, zone) ?? 0)
  }

  onNode(name: string, index: number): number {
    return (this.#byNode.get(nodeKey(name, index)) ?? 0) + (this.#base?.onNode(name, index) ?? 0)
  }

  /** Counts on top of these: a plan's own placements see each other and leave the originals alone. */
  fork(): Neighbours {
    return new Neighbours(this)
  }
}

// Task names hold no colon, so two different pairs never share a key.
const zoneKey = (name: string, zone: string) => `${name}:${zone}`
const nodeKey = (name: string, index: number) => `${name}:${index}`

function bump(counts: Map<string, number>, key: string, amount: number): void {
  const next = (counts.get(key) ?? 0) + amount
  if (next === 0) counts.delete(key)
  else counts.set(key, next)
}
