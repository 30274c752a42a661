const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** `1.5 GiB`, for sentences that a person reads. At most one decimal. */
export function bytesInWords(bytes: number): string {
  let value = Math.max(0, bytes)
  let unit = 0
  while (value >= 1024 && unit < byteUnits.length - 1) {
    value /= 1024
    unit++
  }
  return `${oneDecimal(value)} ${byteUnits[unit]}`
}

/** `0.25 CPU` from thousandths of a core. */
export function cpuInWords(cpuMillis: number): string {
  return `${Math.round(Math.max(0, cpuMillis)) / 1000} CPU`
}

/** `22 %` from a share of 0..1. */
export function shareInWords(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** `1 node`, `14 nodes`. */
export function countInWords(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`
}

function oneDecimal(value: number): string {
  return String(Math.round(value * 10) / 10)
}
