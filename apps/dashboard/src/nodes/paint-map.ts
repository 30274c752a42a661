import type { NodeRow, PrimaryStatus } from '@quarterdeck/domain'
import type { LoadReading } from '../live/load-columns.ts'
import type { MapLayout } from './map-layout.ts'

export type Fill = 'status' | 'cpu' | 'memory' | 'tasks'

const statusFills: Record<PrimaryStatus, string> = {
  ready: '--fill-ready',
  joining: '--fill-draining',
  draining: '--fill-draining',
  drained: '--fill-cordoned',
  cordoned: '--fill-cordoned',
  suspect: '--fill-suspect',
  down: '--fill-down',
  unknown: '--raised',
  left: '--raised',
}

const NAMED_FROM = 60
const MARKED_FROM = 7

export type Paint = {
  readonly context: CanvasRenderingContext2D
  readonly layout: MapLayout
  readonly nodes: readonly NodeRow[]
  readonly fill: Fill
  readonly readLoad: (slot: number) => LoadReading | null
  readonly focused: number | null
}

/** Draws the whole map. Down and suspect nodes carry a drawn mark over any fill, so that colour is never the only sign. */
export function paintMap({ context, layout, nodes, fill, readLoad, focused }: Paint): void {
  const style = getComputedStyle(document.documentElement)
  const color = (name: string) => style.getPropertyValue(name).trim()
  const size = layout.cellSize
  for (const group of layout.groups) {
    context.fillStyle = color('--muted')
    context.font = '12px sans-serif'
    context.textBaseline = 'top'
    context.fillText(`${group.name} · ${group.cells.length}`, group.x, group.y + 2, group.width)
    for (const cell of group.cells) {
      const node = nodes[cell.index]
      if (!node) continue
      context.fillStyle = color(fillOf(node, fill, readLoad(node.slot)))
      context.fillRect(cell.x, cell.y, size, size)
      if (node.status === 'unknown' || node.status === 'left') outline(context, cell.x, cell.y, size, color('--muted'))
      if (size >= NAMED_FROM)
        name(context, node.id, cell.x, cell.y, size, color(fill === 'status' ? '--text' : '--muted'))
      if (node.status === 'down' || node.status === 'suspect')
        mark(context, node.status, cell.x, cell.y, size, fill === 'status' ? color('--bg') : color('--bad'))
      if (cell.index === focused) {
        context.strokeStyle = color('--text')
        context.lineWidth = 2
        context.strokeRect(cell.x - 1, cell.y - 1, size + 2, size + 2)
      }
    }
  }
}

function fillOf(node: NodeRow, fill: Fill, load: LoadReading | null): string {
  if (fill === 'status') return statusFills[node.status]
  const share =
    fill === 'tasks' ? node.tasksPlaced / node.capacity.taskSlots : fill === 'cpu' ? load?.cpuShare : load?.memoryShare
  return share === undefined ? '--raised' : `--load-${Math.min(5, Math.floor(share * 6))}`
}

function outline(context: CanvasRenderingContext2D, x: number, y: number, size: number, color: string): void {
  context.save()
  context.setLineDash([3, 2])
  context.strokeStyle = color
  context.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1)
  context.restore()
}

function name(context: CanvasRenderingContext2D, id: string, x: number, y: number, size: number, color: string): void {
  context.fillStyle = color
  context.font = '600 11px sans-serif'
  context.fillText(id, x + 4, y + size - 16, size - 8)
}

function mark(
  context: CanvasRenderingContext2D,
  status: 'down' | 'suspect',
  x: number,
  y: number,
  size: number,
  color: string,
): void {
  context.strokeStyle = color
  context.fillStyle = color
  context.lineWidth = Math.max(1.5, Math.min(4, size / 8))
  if (size < MARKED_FROM) {
    context.strokeRect(x - 1, y - 1, size + 2, size + 2)
    return
  }
  const edge = Math.min(size * 0.25, 16)
  const reach = Math.min(size - edge, edge + 24)
  context.beginPath()
  if (status === 'down') {
    context.moveTo(x + edge, y + edge)
    context.lineTo(x + reach, y + reach)
    context.moveTo(x + reach, y + edge)
    context.lineTo(x + edge, y + reach)
    context.stroke()
  } else {
    context.moveTo(x + (edge + reach) / 2, y + edge)
    context.lineTo(x + reach, y + reach)
    context.lineTo(x + edge, y + reach)
    context.fill()
  }
}
