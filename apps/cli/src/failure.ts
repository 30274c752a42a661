import { QuarterdeckError } from '@quarterdeck/sdk'

/** Something the caller wrote cannot be understood; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Understood and refused, here; exit code 1. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/** One line: what went wrong, and what can be done. Never a stack of calls. */
export function failureLine(thrown: unknown): string {
  const said = thrown instanceof Error ? thrown.message : String(thrown)
  const remedy = thrown instanceof QuarterdeckError && thrown.remedy ? ` ${sentence(thrown.remedy)}` : ''
  return `qd: ${sentence(said)}${remedy}\n`
}

export function exitCodeOf(thrown: unknown): number {
  return thrown instanceof UsageError ? 2 : 1
}

function sentence(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return /[.!?]$/.test(line) ? line : `${line}.`
}
