/** What one bench found. Figures are for programs, tables for people; a note says what could not be measured cleanly. */
export type Report = {
  readonly name: string
  readonly tables: readonly Table[]
  readonly figures: Readonly<Record<string, number | null>>
  readonly notes: readonly string[]
  /** Runs that were thrown away because the machine's speed moved while they ran. */
  readonly discarded: number
  readonly kept: number
}

export type Table = {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number | null)[])[]
}

export type BenchOptions = {
  /** Says on stderr how far it is. */
  readonly say: (text: string) => void
  /** Fewer runs and shorter ones: to see that the bench works, not how fast the product is. */
  readonly isQuick: boolean
  /** Folder for CPU profiles of the controllers; null = none. */
  readonly profileFolder: string | null
}

export type Bench = {
  readonly name: string
  readonly summary: string
  run(options: BenchOptions): Promise<Report>
}

/** The tables as aligned text. */
export function formatTables(tables: readonly Table[]): string {
  return tables.map(({ title, columns, rows }) => [title, ...aligned([columns, ...rows])].join('\n')).join('\n\n')
}

function aligned(lines: readonly (readonly (string | number | null)[])[]): string[] {
  const texts = lines.map((line) => line.map(cell))
  const widths = (texts[0] ?? []).map((_, at) => Math.max(...texts.map((line) => line[at]?.length ?? 0)))
  return texts.map((line) =>
    line.map((text, at) => (at === 0 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0))).join('  '),
  )
}

function cell(value: string | number | null): string {
  if (value === null) return '-'
  if (typeof value === 'string') return value
  if (value === 0 || Number.isInteger(value)) return String(value)
  return value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(2) : value.toPrecision(3)
}
