import type { GivenPort, PortNeed, PortRange } from '@quarterdeck/domain'

type NodePorts = { readonly range: PortRange | null; readonly taken: ReadonlyMap<number, number> }

const none: NodePorts = { range: null, taken: new Map() }

/** Which ports the tasks of each node hold, by node index. A node is never changed in place, so that a fork is cheap. */
export class Ports {
  readonly #nodes: (NodePorts | undefined)[]

  constructor(nodes: (NodePorts | undefined)[] = []) {
    this.#nodes = nodes
  }

  /** Null: this node gives none. */
  rangeOf(index: number): PortRange | null {
    return this.#nodes[index]?.range ?? null
  }

  isTaken(index: number, port: number): boolean {
    return (this.#nodes[index]?.taken.get(port) ?? 0) > 0
  }

  takenCount(index: number): number {
    return this.#nodes[index]?.taken.size ?? 0
  }

  setRange(index: number, range: PortRange | null): void {
    if (range === null && !this.#nodes[index]) return
    this.#set(index, { ...(this.#nodes[index] ?? none), range })
  }

  /** Counted, not marked: a task that was announced again may hold for a moment what another was just given. */
  take(index: number, ports: readonly GivenPort[], amount: 1 | -1): void {
    if (ports.length === 0) return
    const known = this.#nodes[index] ?? none
    const taken = new Map(known.taken)
    for (const { port } of ports) {
      const count = (taken.get(port) ?? 0) + amount
      if (count === 0) taken.delete(port)
      else taken.set(port, count)
    }
    this.#set(index, { ...known, taken })
  }

  emptied(): Ports {
    return new Ports(this.#nodes.map((ports) => ports && { ...none, range: ports.range }))
  }

  fork(): Ports {
    return new Ports(this.#nodes.slice())
  }

  #set(index: number, ports: NodePorts): void {
    // Without holes, which would make a copy slow.
    while (this.#nodes.length < index) this.#nodes.push(undefined)
    this.#nodes[index] = ports
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
