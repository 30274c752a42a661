'use client'

import { useVirtualizer } from '@tanstack/react-virtual'
import { type ComponentType, type KeyboardEvent, type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import { usePreferences } from '../theme/preferences.ts'
import { cx } from '../ui/class-names.ts'
import { GridRow } from './grid-row.tsx'

export type Column = {
  readonly id: string
  readonly title: string
  /** Width as a class, such as `w-28`; one column without takes the rest. */
  readonly width?: string
  readonly isSortable?: boolean
  readonly align?: 'right'
}

export type GridEntry =
  | { readonly kind: 'item'; readonly id: string }
  | { readonly kind: 'group'; readonly id: string; readonly title: ReactNode }

type Props = {
  readonly label: string
  readonly columns: readonly Column[]
  readonly entries: readonly GridEntry[]
  /** The cells of one item, `<td>` each, as a component that reads its own slice. */
  readonly cells: ComponentType<{ readonly id: string }>
  readonly sort?: string
  readonly onSort?: (column: string) => void
  readonly selected?: ReadonlySet<string>
  readonly onSelect?: (id: string, isRange: boolean) => void
  readonly isFaded?: (id: string) => boolean
  readonly onOpen: (id: string, inNewTab: boolean) => void
  readonly onBusy?: (isBusy: boolean) => void
  readonly onActive?: (id: string | null) => void
  readonly minWidth?: string
}

/** Up to this many rows the whole table is drawn, so that the browser's own search finds every one. */
const DRAWN_WHOLE_MAX = 200
const OVERSCAN = 8
const PAGE_STEP = 15
const rowHeights = { compact: 28, normal: 32, comfortable: 40 } as const

/**
 * A table by the ARIA grid pattern: one tab stop, arrows or j/k move between rows, Home and End jump, Enter opens, Space or x selects.
 * Long lists draw only what is in view; the focus belongs to a row's id, so it survives scrolling and a new order.
 */
export function Grid(props: Props) {
  const { label, columns, entries, sort, onSort, selected, onBusy, onActive, minWidth = 'min-w-200' } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [activeId, setActiveId] = useState<string | null>(null)
  const wantsFocus = useRef(false)
  const { density } = usePreferences()
  const rowHeight = rowHeights[density]
  const isWhole = entries.length <= DRAWN_WHOLE_MAX

  const virtualizer = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    enabled: !isWhole,
  })
  const virtual = virtualizer.getVirtualItems()
  const first = isWhole ? 0 : (virtual[0]?.index ?? 0)
  const last = isWhole ? entries.length - 1 : (virtual.at(-1)?.index ?? -1)
  const isActiveKnown = activeId !== null && entries.some((entry) => entry.kind === 'item' && entry.id === activeId)
  const tabStop = isActiveKnown ? activeId : (entries.find((entry) => entry.kind === 'item')?.id ?? null)

  useEffect(() => {
    if (!wantsFocus.current || activeId === null) return
    const row = scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(activeId)}"]`)
    if (!row) return
    wantsFocus.current = false
    row.focus()
  })

  const activate = useCallback(
    (id: string) => {
      setActiveId(id)
      onActive?.(id)
    },
    [onActive],
  )

  const moveTo = (index: number, step: 1 | -1) => {
    let at = Math.max(0, Math.min(entries.length - 1, index))
    while (entries[at]?.kind === 'group') at += step
    const entry = entries[at]
    if (!entry) return
    wantsFocus.current = true
    activate(entry.id)
    if (!isWhole) virtualizer.scrollToIndex(at)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey ? !['Home', 'End'].includes(event.key) : event.altKey) return
    const at = entries.findIndex((entry) => entry.id === tabStop)
    const isOnRow = event.target instanceof HTMLElement && event.target.dataset.row !== undefined
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => moveTo(at + 1, 1),
      j: () => moveTo(at + 1, 1),
      ArrowUp: () => moveTo(at - 1, -1),
      k: () => moveTo(at - 1, -1),
      PageDown: () => moveTo(at + PAGE_STEP, 1),
      PageUp: () => moveTo(at - PAGE_STEP, -1),
      Home: () => moveTo(0, 1),
      End: () => moveTo(entries.length - 1, -1),
    }
    const acts: Readonly<Record<string, () => void>> = {
      Enter: () => tabStop && props.onOpen(tabStop, event.shiftKey),
      o: () => tabStop && props.onOpen(tabStop, false),
      x: () => tabStop && props.onSelect?.(tabStop, false),
      ' ': () => tabStop && props.onSelect?.(tabStop, false),
    }
    const act = moves[event.key] ?? (isOnRow ? acts[event.key] : undefined)
    if (!act) return
    event.preventDefault()
    event.stopPropagation()
    if (event.shiftKey && event.key.startsWith('Arrow') && tabStop) props.onSelect?.(tabStop, false)
    act()
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notices that somebody works in the table
    <div
      ref={scroller}
      onPointerEnter={() => onBusy?.(true)}
      onPointerLeave={() => onBusy?.(scroller.current?.contains(document.activeElement) ?? false)}
      onFocus={() => onBusy?.(true)}
      onBlur={(event) =>
        onBusy?.(event.currentTarget.contains(event.relatedTarget) || event.currentTarget.matches(':hover'))
      }
      className="relative max-h-[calc(100dvh-188px)] min-h-40 overflow-auto border-y border-line"
    >
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table whose rows can be walked and acted on
        role="grid"
        aria-label={label}
        aria-rowcount={entries.length + 1}
        aria-multiselectable={selected ? true : undefined}
        onKeyDown={onKeyDown}
        className={cx('w-full table-fixed border-collapse text-left', minWidth)}
      >
        <colgroup>
          {selected && <col className="w-9" />}
          {columns.map((column) => (
            <col key={column.id} className={column.width} />
          ))}
        </colgroup>
        <thead className="sticky top-0 z-10 bg-surface">
          <tr aria-rowindex={1}>
            {selected && (
              <th scope="col">
                <span className="sr-only">Selected</span>
              </th>
            )}
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer height={isWhole ? 0 : (virtual[0]?.start ?? 0)} />
          {entries.slice(first, last + 1).map((entry, offset) =>
            entry.kind === 'group' ? (
              <tr key={`group ${entry.id}`} aria-rowindex={first + offset + 2} className="h-(--row) bg-surface">
                <td colSpan={columns.length + (selected ? 1 : 0)} className="px-3 font-semibold">
                  {entry.title}
                </td>
              </tr>
            ) : (
              <GridRow
                key={entry.id}
                id={entry.id}
                rowIndex={first + offset + 2}
                cells={props.cells}
                isTabStop={entry.id === tabStop}
                isFaded={props.isFaded?.(entry.id) ?? false}
                isSelected={selected?.has(entry.id) ?? null}
                onSelect={props.onSelect}
                onActivate={activate}
                onOpen={props.onOpen}
              />
            ),
          )}
          <Spacer height={isWhole ? 0 : virtualizer.getTotalSize() - (virtual.at(-1)?.end ?? 0)} />
        </tbody>
      </table>
    </div>
  )
}

function HeaderCell({
  column,
  sort,
  onSort,
}: {
  readonly column: Column
  readonly sort: string | undefined
  readonly onSort: ((column: string) => void) | undefined
}) {
  const direction = sort === column.id ? 'ascending' : sort === `-${column.id}` ? 'descending' : undefined
  const align = column.align === 'right' ? 'text-right' : ''
  return (
    <th
      scope="col"
      aria-sort={direction}
      className={cx('h-8 truncate px-2 text-compact font-medium text-muted', align)}
    >
      {column.isSortable && onSort ? (
        <button
          type="button"
          onClick={() => onSort(direction === 'ascending' ? `-${column.id}` : column.id)}
          className="min-h-6 hover:text-text"
        >
          {column.title}
          <span aria-hidden>{direction === 'ascending' ? ' ↑' : direction === 'descending' ? ' ↓' : ''}</span>
        </button>
      ) : (
        column.title
      )}
    </th>
  )
}

/** Keeps the scroll bar honest for the rows that are not drawn. */
function Spacer({ height }: { readonly height: number }) {
  if (height <= 0) return null
  return (
    <tr aria-hidden>
      <td style={{ height }} />
    </tr>
  )
}
