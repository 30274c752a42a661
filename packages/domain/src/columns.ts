type Primitive = string | number | boolean
type Json = Primitive | null | readonly Json[] | { readonly [key: string]: Json }

/**
 * Many alike values, told column by column: what is the same in all of them once, what repeats as an index into what is distinct. Ten
 * thousand nodes are a tenth of their JSON then. Lossless for JSON values.
 *
 * - `c`: the same in all
 * - `d`: distinct values, and for each value the index of its own
 * - `v`: the values as they are
 * - `n`: indices of those that are null, and the others
 * - `o`: objects: a column for each key; with the indices of the objects that lack the key, when some do
 * - `a`: arrays: their lengths, and their items one after the other
 */
type Column =
  | readonly ['c', Primitive | null]
  | readonly ['d', readonly Primitive[], readonly number[]]
  | readonly ['v', readonly Json[]]
  | readonly ['n', readonly number[], Column]
  | readonly ['o', Readonly<Record<string, readonly [Column] | readonly [Column, readonly number[]]>>]
  | readonly ['a', Column, Column]

export type Columns<Row> = {
  readonly count: number
  readonly column: Column
  /** Never there: says of which rows these columns are. */
  readonly row?: Row
}

export function packColumns<Row extends object>(rows: readonly Row[]): Columns<Row> {
  return { count: rows.length, column: pack(rows) }
}

export function unpackColumns<Row>({ count, column }: Columns<Row>): Row[] {
  return unpack(column, count) as Row[]
}

function pack(values: readonly unknown[]): Column {
  if (values.length === 0) return ['v', []]
  const nulls: number[] = []
  let objects = 0
  let arrays = 0
  for (const [index, value] of values.entries()) {
    if (value === null) nulls.push(index)
    else if (Array.isArray(value)) arrays++
    else if (typeof value === 'object') objects++
  }
  if (nulls.length === values.length) return ['c', null]
  if (nulls.length > 0) return ['n', nulls, pack(values.filter((value) => value !== null))]
  if (objects === values.length) return packObjects(values as readonly Readonly<Record<string, unknown>>[])
  if (arrays === values.length) return packArrays(values as readonly (readonly unknown[])[])
  return objects + arrays > 0 ? ['v', values as readonly Json[]] : packPrimitives(values as readonly Primitive[])
}

function packPrimitives(values: readonly Primitive[]): Column {
  const indexOf = new Map<Primitive, number>()
  const indices: number[] = []
  for (const value of values) {
    const known = indexOf.get(value)
    const index = known ?? indexOf.size
    if (known === undefined) indexOf.set(value, index)
    indices.push(index)
    // Hardly anything repeats: an index for each would only be longer.
    if (indexOf.size > 16 && indexOf.size * 2 > values.length) return ['v', values]
  }
  if (indexOf.size === 1) return ['c', values[0] ?? null]
  return indexOf.size * 2 > values.length ? ['v', values] : ['d', [...indexOf.keys()], indices]
}

function packObjects(values: readonly Readonly<Record<string, unknown>>[]): Column {
  const keys = new Set<string>()
  for (const value of values) for (const key of Object.keys(value)) if (value[key] !== undefined) keys.add(key)
  const columns: Record<string, readonly [Column] | readonly [Column, readonly number[]]> = {}
  for (const key of keys) {
    const lacking: number[] = []
    const present: unknown[] = []
    for (const [index, value] of values.entries()) {
      if (Object.hasOwn(value, key) && value[key] !== undefined) present.push(value[key])
      else lacking.push(index)
    }
    columns[key] = lacking.length === 0 ? [pack(present)] : [pack(present), lacking]
  }
  return ['o', columns]
}

function packArrays(values: readonly (readonly unknown[])[]): Column {
  return ['a', pack(values.map(({ length }) => length)), pack(values.flat(1))]
}

function unpack(column: Column, count: number): unknown[] {
  switch (column[0]) {
    case 'c':
      return new Array<unknown>(count).fill(column[1])
    case 'd': {
      const [, distinct, indices] = column
      return indices.map((index) => distinct[index])
    }
    case 'v':
      return [...column[1]]
    case 'n':
      return withGaps(unpack(column[2], count - column[1].length), column[1], count, null)
    case 'o':
      return unpackObjects(column[1], count)
    case 'a': {
      const lengths = unpack(column[1], count) as number[]
      const items = unpack(
        column[2],
        lengths.reduce((sum, length) => sum + length, 0),
      )
      let at = 0
      return lengths.map((length) => {
        at += length
        return items.slice(at - length, at)
      })
    }
    default:
      return column satisfies never
  }
}

function unpackObjects(columns: Extract<Column, readonly ['o', unknown]>[1], count: number): unknown[] {
  const objects = Array.from({ length: count }, (): Record<string, unknown> => ({}))
  for (const [key, [column, lacking = []]] of Object.entries(columns)) {
    const values = withGaps(unpack(column, count - lacking.length), lacking, count, undefined)
    const lacks = new Set(lacking)
    for (const [index, object] of objects.entries()) if (!lacks.has(index)) object[key] = values[index]
  }
  return objects
}

function withGaps(values: readonly unknown[], gaps: readonly number[], count: number, gap: unknown): unknown[] {
  if (gaps.length === 0) return [...values]
  const isGap = new Set(gaps)
  let at = 0
  return Array.from({ length: count }, (_, index) => (isGap.has(index) ? gap : values[at++]))
}
