'use client'

import { type ComponentType, type MouseEvent, memo } from 'react'
import { cx } from '../ui/class-names.ts'

type Props = {
  readonly id: string
  readonly rowIndex: number
  readonly cells: ComponentType<{ readonly id: string }>
  readonly isTabStop: boolean
  readonly isFaded: boolean
  /** Null: rows of this grid cannot be selected. */
  readonly isSelected: boolean | null
  readonly onSelect: ((id: string, isRange: boolean) => void) | undefined
  readonly onActivate: (id: string) => void
  readonly onOpen: (id: string, inNewTab: boolean) => void
}

/** One row of a grid. Takes an id, not an object: a change of one object draws one row. */
export const GridRow = memo(function GridRow({
  id,
  rowIndex,
  cells: Cells,
  isTabStop,
  isFaded,
  isSelected,
  onSelect,
  onActivate,
  onOpen,
}: Props) {
  const onClick = (event: MouseEvent) => {
    if (event.target instanceof Element && event.target.closest('a, button, input, label')) return
    onActivate(id)
    if (event.shiftKey) onSelect?.(id, true)
    else onOpen(id, event.ctrlKey || event.metaKey)
  }
  return (
    <tr
      data-row={id}
      aria-rowindex={rowIndex}
      aria-selected={isSelected ?? undefined}
      tabIndex={isTabStop ? 0 : -1}
      onClick={onClick}
      onFocus={(event) => event.target === event.currentTarget && onActivate(id)}
      className={cx(
        'h-(--row) cursor-pointer border-b border-line/60 -outline-offset-2 hover:bg-surface',
        isSelected && 'bg-selected hover:bg-selected',
        isFaded && 'opacity-60',
      )}
    >
      {isSelected !== null && (
        <td className="px-2">
          <label className="grid size-6 place-items-center">
            <input
              type="checkbox"
              tabIndex={-1}
              checked={isSelected}
              aria-label={`Select ${id}`}
              onClick={(event) => onSelect?.(id, event.shiftKey)}
              onChange={() => {}}
              className="size-3.5 accent-info"
            />
          </label>
        </td>
      )}
      <Cells id={id} />
    </tr>
  )
})
