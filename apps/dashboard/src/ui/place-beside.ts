export type Box = { readonly left: number; readonly top: number; readonly width: number; readonly height: number }
export type Side = 'above' | 'below'
export type Align = 'middle' | 'end'

const EDGE_PX = 8

/**
 * Where something that floats goes: on the wanted side of its anchor, on the other one when only that has the room, and never over the
 * edge of the window.
 */
export function placeBeside(
  anchor: Box,
  size: { readonly width: number; readonly height: number },
  page: { readonly width: number; readonly height: number },
  { side, align, gapPx }: { readonly side: Side; readonly align: Align; readonly gapPx: number },
): { readonly left: number; readonly top: number } {
  const above = anchor.top - gapPx - size.height
  const below = anchor.top + anchor.height + gapPx
  const fitsAbove = above >= EDGE_PX
  const fitsBelow = below + size.height <= page.height - EDGE_PX
  const isAbove = side === 'above' ? fitsAbove || !fitsBelow : fitsAbove && !fitsBelow
  const end = anchor.left + anchor.width - size.width
  const left = align === 'end' ? end : anchor.left + (anchor.width - size.width) / 2
  return {
    left: within(left, page.width - EDGE_PX - size.width),
    top: within(isAbove ? above : below, page.height - EDGE_PX - size.height),
  }
}

function within(value: number, most: number): number {
  return Math.max(EDGE_PX, Math.min(value, most))
}
