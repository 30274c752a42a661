/** The value below which `share` of the values lie (nearest rank); null of nothing. */
export function quantile(values: readonly number[] | Float64Array, share: number): number | null {
  if (values.length === 0) return null
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? null
}

export function median(values: readonly number[]): number | null {
  return quantile(values, 0.5)
}

/** `median (min..max)` for a table. */
export function spread(values: readonly number[], digits = 2): string {
  const middle = median(values)
  if (middle === null) return '-'
  return `${round(middle, digits)} (${round(Math.min(...values), digits)}..${round(Math.max(...values), digits)})`
}

function round(value: number, digits: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(digits)
}
