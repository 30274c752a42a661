import { fail, type Outcome, ok } from '../outcome.ts'
import { compilePattern, type Pattern } from './pattern.ts'

/** One condition of a filter; all of them must hold. */
export type FilterTerm = {
  /** `null`: a bare word, looked for in the name. */
  readonly field: string | null
  readonly negated: boolean
  readonly test:
    | { readonly kind: 'any-of'; readonly values: readonly string[] }
    | { readonly kind: 'compare'; readonly sign: '>' | '>=' | '<' | '<='; readonly value: number }
    | { readonly kind: 'pattern'; readonly pattern: Pattern }
  /** As it was written, for chips and messages. */
  readonly text: string
}

export type ParsedFilter = {
  readonly terms: readonly FilterTerm[]
  /** One sentence for each part that could not be read; those parts are in no term. */
  readonly problems: readonly string[]
}

/** Longest filter text; longer ones are refused as one problem. */
export const FILTER_LENGTH_MAX = 1_000

/**
 * Reads a filter such as `status:down,suspect zone:eu-1 load:>80 -label:gpu name~/web-\d+/`.
 *
 * Space is AND, comma is OR, a leading `-` negates, `~/…/` is a pattern (see `compilePattern`), `:>80` compares, a bare word is part of
 * the name, and `"…"` holds a value with spaces together. One grammar for the browser, the server and the CLI.
 */
export function parseFilter(text: string): ParsedFilter {
  if (text.length > FILTER_LENGTH_MAX)
    return { terms: [], problems: [`A filter may have ${FILTER_LENGTH_MAX} characters; this one has ${text.length}.`] }
  const terms: FilterTerm[] = []
  const problems: string[] = []
  for (const word of splitWords(text)) {
    const term = readTerm(word)
    if (term.ok) terms.push(term.value)
    else problems.push(term.error)
  }
  return { terms, problems }
}

/** Splits at spaces, but not inside `"…"` nor inside `~/…/`. */
export function splitWords(text: string): string[] {
  const words: string[] = []
  let word = ''
  let inside: '"' | '/' | null = null
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (inside === null && /\s/.test(char)) {
      if (word) words.push(word)
      word = ''
      continue
    }
    word += char
    if (inside === '/' && char === '\\') word += text[++at] ?? ''
    else if (inside === char) inside = null
    else if (inside === null && char === '"') inside = '"'
    else if (inside === null && char === '/' && /^-?[a-z.]+~\/$/i.test(word)) inside = '/'
  }
  if (word) words.push(word)
  return words
}

function readTerm(word: string): Outcome<FilterTerm, string> {
  const negated = word.length > 1 && word.startsWith('-')
  const body = negated ? word.slice(1) : word
  const match = /^([a-z][a-z.]*)([:~])(.*)$/is.exec(body)
  if (!match)
    return ok({ field: null, negated, test: { kind: 'any-of', values: [unquote(body).toLowerCase()] }, text: word })

  const [, field = '', sign = '', rest = ''] = match
  const test = sign === '~' ? readPattern(rest) : readValues(rest)
  if (!test.ok) return fail(`${word}: ${test.error}`)
  return ok({ field: field.toLowerCase(), negated, test: test.value, text: word })
}

function readPattern(rest: string): Outcome<FilterTerm['test'], string> {
  const source = rest.length >= 2 && rest.startsWith('/') && rest.endsWith('/') ? rest.slice(1, -1) : rest
  if (!source) return fail('a pattern is missing, for example name~/web-\\d+/')
  const pattern = compilePattern(source)
  return pattern.ok ? ok({ kind: 'pattern', pattern: pattern.value }) : pattern
}

function readValues(rest: string): Outcome<FilterTerm['test'], string> {
  const compare = /^(>=|<=|>|<)(.*)$/s.exec(rest)
  if (compare) {
    const value = Number((compare[2] ?? '').replace(/%$/, ''))
    if (compare[2] === '' || !Number.isFinite(value)) return fail(`"${compare[2]}" is not a number`)
    return ok({ kind: 'compare', sign: compare[1] as '>' | '>=' | '<' | '<=', value })
  }
  const values = splitValues(rest).map((value) => unquote(value).toLowerCase())
  if (values.length === 0) return fail('a value is missing after the colon')
  return ok({ kind: 'any-of', values })
}

function splitValues(text: string): string[] {
  return (text.match(/"[^"]*"?|[^,"]+/g) ?? []).filter((value) => value !== '')
}

function unquote(text: string): string {
  return text.replaceAll('"', '')
}
