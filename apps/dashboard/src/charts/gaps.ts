/** A silence longer than this between two samples is a gap, not a line. */
export const GAP_MS = 5_000

export type Columns = { readonly atMs: readonly number[]; readonly values: readonly (readonly (number | null)[])[] }

/**
 * Puts an empty sample into every silence, so that no chart draws a line through a time nobody measured; and one at the end when the
 * last sample is old.
 */
export function withGaps({ atMs, values }: Columns, nowMs: number): { atMs: number[]; values: (number | null)[][] } {
  const times: number[] = []
  const columns: (number | null)[][] = values.map(() => [])
  const push = (time: number, at: number | null) => {
    times.push(time)
    for (const [index, column] of values.entries()) columns[index]?.push(at === null ? null : (column[at] ?? null))
  }
  atMs.forEach((time, at) => {
    const before = at === 0 ? undefined : atMs[at - 1]
    if (before !== undefined && time - before > GAP_MS) {
      push(before + 1, null)
      push(time - 1, null)
    }
    push(time, at)
  })
  const last = atMs.at(-1)
  if (last !== undefined && nowMs - last > GAP_MS) {
    push(last + 1, null)
    push(nowMs, null)
  }
  return { atMs: times, values: columns }
}
