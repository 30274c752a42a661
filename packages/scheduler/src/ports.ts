import type { GivenPort, PortNeed, PortRange } from '@quarterdeck/domain'

type NodePorts = { readonly range: PortRange | null; readonly taken: ReadonlyMap<number, number> }

const none: NodePorts = { range: null, taken: new Map() }

/** Which ports the tasks of each node hold, by node index. A node is never changed in place, so that a fork is cheap. */
export class Ports {
  readonly #nodes: Map<number, NodePorts>

  constructor(nodes: Map<number, NodePorts> = new Map()) {
    this.#nodes = nodes
  }

  /** Null: this node gives none. */
  rangeOf(index: number): PortRange | null {
    return this.#nodes.get(index)?.range ?? null
  }

  isTaken(index: number, port: number): boolean {
    return (this.#nodes.get(index)?.taken.get(port) ?? 0) > 0
  }

  takenCount(index: number): number {
    return this.#nodes.get(index)?.taken.size ?? 0
  }

  setRange(index: number, range: PortRange | null): void {
    if (range === null && !this.#nodes.has(index)) return
    this.#nodes.set(index, { ...(this.#nodes.get(index) ?? none), range })
  }

  /** Counted, not marked: a task that was announced again may hold for a moment what another was just given. */
  take(index: number, ports: readonly GivenPort[], amount: 1 | -1): void {
    if (ports.length === 0) return
    const known = this.#nodes.get(index) ?? none
    const taken = new Map(known.taken)
    for (const { port } of ports) {
      const count = (taken.get(port) ?? 0) + amount
      if (count === 0) taken.delete(port)
      else taken.set(port, count)
    }
    this.#nodes.set(index, { ...known, taken })
  }

  emptied(): Ports {
    return new Ports(new Map([...this.#nodes].map(([index, { range }]) => [index, { range, taken: new Map() }])))
  }

  fork(): Ports {
    return new Ports(new Map(this.#nodes))
  }
}

/**
 * The ports that a task would get there; null when the node cannot give them all. The search for a free one begins at a drawn place, so
 * that a port which was just given back is seldom given again at once.
 *
 * @param draw 0 <= draw < 1
 */
export function fitPorts(
  ports: Ports,
  index: number,
  needs: readonly PortNeed[],
  draw: () => number,
): readonly GivenPort[] | null {
  if (needs.length === 0) return []
  const range = ports.rangeOf(index)
  if (!range) return null
  const fixed = new Set(needs.flatMap(({ port }) => port ?? []))
  const given: GivenPort[] = []
  const chosen = new Set<number>()
  for (const { name, port } of needs) {
    const number = port === undefined ? freePort(ports, index, range, draw, [fixed, chosen]) : port
    if (number === null || ports.isTaken(index, number)) return null
    chosen.add(number)
    given.push({ name, port: number })
  }
  return given
}

function freePort(
  ports: Ports,
  index: number,
  { from, to }: PortRange,
  draw: () => number,
  reserved: readonly ReadonlySet<number>[],
): number | null {
  const size = to - from + 1
  const start = Math.floor(draw() * size)
  for (let step = 0; step < size; step++) {
    const port = from + ((start + step) % size)
    if (!ports.isTaken(index, port) && !reserved.some((set) => set.has(port))) return port
  }
  return null
}
