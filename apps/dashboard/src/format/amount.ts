const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** Bytes by powers of 1024 with three significant digits: "512 MiB", "1.5 GiB". */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1_024 && unit < UNITS.length - 1) {
    value /= 1_024
    unit++
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2
  return `${Number(value.toFixed(digits))} ${UNITS[unit] ?? 'B'}`
}

/** Reads "512", "512M", "1.5 GiB"; null when it is none of these. */
export function parseBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(i?b)?$/i.exec(text.trim())
  if (!match) return null
  const power = ['', 'k', 'm', 'g', 't'].indexOf((match[2] ?? '').toLowerCase())
  return Math.round(Number(match[1]) * 1_024 ** power)
}

/** A share 0..1 as whole percents; only a real zero is "0%". */
export function formatShare(share: number): string {
  const percent = share * 100
  return percent > 0 && percent < 1 ? '<1%' : `${Math.round(percent)}%`
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** "1 node", "3 nodes". */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : nouns}`
}

/** Thousandths of a core: "0.5 CPU", "4 CPU". */
export function formatCpu(cpuMillis: number): string {
  return `${Number((cpuMillis / 1_000).toFixed(2))} CPU`
}
