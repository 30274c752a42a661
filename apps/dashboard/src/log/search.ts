import { compilePattern } from '@quarterdeck/domain'
import { stripAnsi } from './ansi.ts'
import type { LogEntry } from './log-buffer.ts'

export type Search = { readonly test: (text: string) => boolean; readonly problem: string | null }

/** Plain text, or `/pattern/`. Null for an empty search. */
export function readSearch(text: string): Search | null {
  if (text === '') return null
  if (text.length > 2 && text.startsWith('/') && text.endsWith('/')) {
    const pattern = compilePattern(text.slice(1, -1))
    return pattern.ok ? { test: pattern.value.test, problem: null } : { test: () => false, problem: pattern.error }
  }
  const wanted = text.toLowerCase()
  return { test: (line) => line.toLowerCase().includes(wanted), problem: null }
}

/** Indexes of the lines that match. */
export function findMatches(lines: readonly LogEntry[], search: Search | null): readonly number[] {
  if (!search) return []
  const found: number[] = []
  lines.forEach((line, index) => {
    if (search.test(stripAnsi(line.text))) found.push(index)
  })
  return found
}
