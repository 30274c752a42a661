/** One square of the map, in CSS pixels. */
export type Cell = { readonly index: number; readonly x: number; readonly y: number }
export type MapGroup = {
  readonly name: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly cells: readonly Cell[]
}
export type MapLayout = { readonly cellSize: number; readonly height: number; readonly groups: readonly MapGroup[] }

const SIZES = [64, 48, 36, 28, 22, 16, 12, 9, 7, 5, 4] as const
const GAP = 16
const TITLE = 20

/**
 * Packs groups of squares into rows of a given width, with the largest squares that keep the whole map within `maxHeight`.
 * When even the smallest do not, the map grows: nothing is left out.
 */
export function layOutMap(
  groups: readonly { readonly name: string; readonly count: number }[],
  width: number,
  maxHeight: number,
): MapLayout {
  let smallest: MapLayout = { cellSize: 4, height: 0, groups: [] }
  for (const cellSize of SIZES) {
    smallest = pack(groups, width, cellSize)
    if (smallest.height <= maxHeight) return smallest
  }
  return smallest
}

function pack(
  groups: readonly { readonly name: string; readonly count: number }[],
  width: number,
  cellSize: number,
): MapLayout {
  const step = cellSize + (cellSize > 8 ? 2 : 1)
  const placed: MapGroup[] = []
  let x = 0
  let y = 0
  let rowHeight = 0
  let index = 0
  for (const { name, count } of groups) {
    // As wide as it is high, roughly twice, but never wider than the map and wide enough for its title.
    const columns = Math.max(1, Math.min(Math.floor(width / step), Math.ceil(Math.sqrt(count * 2.5))))
    const groupWidth = Math.max(columns * step, Math.min(width, 96))
    const groupHeight = TITLE + Math.ceil(count / columns) * step
    if (x > 0 && x + groupWidth > width) {
      x = 0
      y += rowHeight + GAP
      rowHeight = 0
    }
    const cells = Array.from({ length: count }, (_, at) => ({
      index: index + at,
      x: x + (at % columns) * step,
      y: y + TITLE + Math.floor(at / columns) * step,
    }))
    placed.push({ name, x, y, width: groupWidth, height: groupHeight, cells })
    index += count
    x += groupWidth + GAP
    rowHeight = Math.max(rowHeight, groupHeight)
  }
  return { cellSize, height: y + rowHeight, groups: placed }
}

/** The square under a point, by arithmetic inside the group that holds it. */
export function cellAt(layout: MapLayout, x: number, y: number): Cell | null {
  const group = layout.groups.find(
    (each) => x >= each.x && x < each.x + each.width && y >= each.y && y < each.y + each.height,
  )
  return (
    group?.cells.find(
      (cell) => x >= cell.x && x < cell.x + layout.cellSize && y >= cell.y && y < cell.y + layout.cellSize,
    ) ?? null
  )
}
