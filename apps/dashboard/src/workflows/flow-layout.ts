/** Where the boxes and lines of a drawing go, in pixels. */
export type FlowLayout = {
  readonly width: number
  readonly height: number
  readonly boxes: readonly { readonly name: string; readonly x: number; readonly y: number }[]
  readonly lines: readonly { readonly from: string; readonly to: string; readonly path: string }[]
}

type FlowStep = { readonly name: string; readonly after: readonly string[] }

export const BOX = { width: 176, height: 52 } as const
const GAP = { along: 52, across: 16 } as const
const EDGE = 8

/**
 * Lays steps out in layers: each one layer behind the last step before it, and within its layer near the middle of what it comes after,
 * so that lines cross little. `down`: layers are rows, for a narrow screen; else columns.
 */
export function layOut(steps: readonly FlowStep[], down: boolean): FlowLayout {
  const layers = layersOf(steps)
  const most = Math.max(1, ...layers.map((layer) => layer.length))
  const places = new Map<string, { readonly x: number; readonly y: number }>()
  const across = (down ? BOX.width : BOX.height) + GAP.across
  const along = (down ? BOX.height : BOX.width) + GAP.along
  for (const [depth, layer] of layers.entries()) {
    const offset = ((most - layer.length) * across) / 2
    for (const [index, name] of layer.entries()) {
      const [main, cross] = [EDGE + depth * along, EDGE + offset + index * across]
      places.set(name, down ? { x: cross, y: main } : { x: main, y: cross })
    }
  }
  const length = EDGE * 2 + layers.length * along - GAP.along
  const breadth = EDGE * 2 + most * across - GAP.across
  return {
    width: down ? breadth : length,
    height: down ? length : breadth,
    boxes: steps.map(({ name }) => ({ name, ...(places.get(name) ?? { x: 0, y: 0 }) })),
    lines: steps.flatMap(({ name, after }) =>
      after.map((from) => ({ from, to: name, path: pathOf(places, from, name, down) })),
    ),
  }
}

function layersOf(steps: readonly FlowStep[]): string[][] {
  const byName = new Map(steps.map((step) => [step.name, step]))
  const depths = new Map<string, number>()
  const depthOf = (name: string): number => {
    const known = depths.get(name)
    if (known !== undefined) return known
    const depth = Math.max(0, ...(byName.get(name)?.after ?? []).map((each) => depthOf(each) + 1))
    depths.set(name, depth)
    return depth
  }
  const last = Math.max(-1, ...steps.map(({ name }) => depthOf(name)))
  const layers = Array.from({ length: last + 1 }, (_, depth) =>
    steps.map(({ name }) => name).filter((name) => depthOf(name) === depth),
  )
  const place = new Map<string, number>()
  for (const layer of layers) {
    const middle = (name: string) => {
      const before = byName.get(name)?.after ?? []
      return before.length === 0 ? 0 : before.reduce((sum, each) => sum + (place.get(each) ?? 0), 0) / before.length
    }
    layer.sort((a, b) => middle(a) - middle(b))
    for (const [index, name] of layer.entries()) place.set(name, index - (layer.length - 1) / 2)
  }
  return layers
}

function pathOf(
  places: ReadonlyMap<string, { readonly x: number; readonly y: number }>,
  from: string,
  to: string,
  down: boolean,
): string {
  const [a, b] = [places.get(from), places.get(to)]
  if (!a || !b) return ''
  if (down) {
    const [x1, y1, x2, y2] = [a.x + BOX.width / 2, a.y + BOX.height, b.x + BOX.width / 2, b.y]
    const bend = GAP.along / 2
    return `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`
  }
  const [x1, y1, x2, y2] = [a.x + BOX.width, a.y + BOX.height / 2, b.x, b.y + BOX.height / 2]
  const bend = GAP.along / 2
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`
}
