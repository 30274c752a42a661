import { safeText } from './safe-text.ts'

export type Column<Row> = { readonly title: string; of(row: Row): string | number | null; readonly align?: 'right' }

/** Rows under their titles, each column as wide as its widest entry. `-` stands for nothing. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], none: string): string {
  if (rows.length === 0) return none
  const cells = rows.map((row) => columns.map((column) => cell(column.of(row))))
  const titles = columns.map(({ title }) => title.toUpperCase())
  const widths = columns.map((_, at) => Math.max(...[titles, ...cells].map((line) => line[at]?.length ?? 0)))
  const lines = [titles, ...cells].map((line) =>
    line
      .map((text, at) => {
        const width = widths[at] ?? 0
        return columns[at]?.align === 'right' ? text.padStart(width) : text.padEnd(width)
      })
      .join('  ')
      .trimEnd(),
  )
  return lines.join('\n')
}

/** Facts of one thing, a line each. */
export function facts(entries: readonly (readonly [name: string, value: string | number | null])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length)) + 2
  return entries.map(([name, value]) => `${name.padEnd(width)}${cell(value)}`).join('\n')
}

function cell(value: string | number | null): string {
  return value === null || value === '' ? '-' : safeText(String(value)).replaceAll('\n', ' ')
}
