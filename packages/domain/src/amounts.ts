import { fail, type Outcome, ok } from './outcome.ts'

const byteUnits = {
  '': 1,
  b: 1,
  kb: 1_000,
  mb: 1_000_000,
  gb: 1_000_000_000,
  tb: 1_000_000_000_000,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
} as const

/** Bytes from `64MiB`, `1.5GiB`, `500MB` or a bare number. `64M` is 64 MiB, as programs that limit memory read it. */
export function parseBytes(text: string): Outcome<number, string> {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text.trim().toLowerCase())
  const factor = match ? byteUnits[match[2] as keyof typeof byteUnits] : undefined
  if (!match || factor === undefined) return fail('must be a size such as 64MiB, 1.5GiB, 500MB or a number of bytes')
  const bytes = Math.round(Number(match[1]) * factor)
  return Number.isSafeInteger(bytes) ? ok(bytes) : fail('is more bytes than there can be')
}

/** Thousandths of a core from `500m`, `0.5` or `2`. */
export function parseCpu(text: string): Outcome<number, string> {
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(text.trim())
  if (!match) return fail('must be an amount of CPU such as 500m (half a core), 0.5 or 2')
  const millis = Math.round(Number(match[1]) * (match[2] === 'm' ? 1 : 1_000))
  return Number.isSafeInteger(millis) ? ok(millis) : fail('is more CPU than there can be')
}

/** `67_108_864` -> `64 MiB`; at most one digit after the point. */
export function formatBytes(bytes: number): string {
  let amount = Math.max(0, bytes)
  for (const unit of ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const) {
    if (amount < 1024 || unit === 'TiB') return `${unit === 'B' ? Math.round(amount) : trim(amount)} ${unit}`
    amount /= 1024
  }
  return `${bytes} B`
}

/** `1_500` -> `1.5`, `250` -> `0.25`: cores. */
export function formatCpu(cpuMillis: number): string {
  return String(Math.round(cpuMillis) / 1_000)
}

function trim(amount: number): string {
  return amount >= 100 ? String(Math.round(amount)) : String(Math.round(amount * 10) / 10)
}
