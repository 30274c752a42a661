/** Rows of a CSV file with a header line and no quoting, as records by column name. */
export function readCsv(text: string): Record<string, string>[] {
  const [header = '', ...lines] = text.trim().split(/\r?\n/)
  const names = header.split(',')
  return lines.map((line) => {
    const cells = line.split(',')
    return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']))
  })
}

/** The number in a column; says which when there is none. */
export function numberIn(row: Record<string, string>, column: string): number {
  const value = Number(row[column])
  if (row[column] === undefined || !Number.isFinite(value)) throw new Error(`column "${column}" holds no number`)
  return value
}
