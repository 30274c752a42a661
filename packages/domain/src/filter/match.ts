import type { FilterTerm, ParsedFilter } from './parse.ts'

/** What one field of an item offers to a filter. */
export type FilterField<Item> =
  /** Matches when a value equals one of the wanted; `choices` are all that exist, for messages and typeahead. */
  | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly of: (item: Item) => readonly string[] }
  /** Matches when a text contains one of the wanted; a `*` in the wanted text stands for anything. */
  | { readonly kind: 'text'; readonly of: (item: Item) => readonly string[] }
  /** `:80` is equality, `:>80` compares; `null` (not known) matches nothing, negated or not. */
  | { readonly kind: 'number'; readonly of: (item: Item) => number | null }
  /** `label:gpu` (has the key), `label:gpu=a100` (has the value). */
  | { readonly kind: 'labels'; readonly of: (item: Item) => Readonly<Record<string, string>> }

export type FilterFields<Item> = Readonly<Record<string, FilterField<Item>>> & { readonly name: FilterField<Item> }

export type Filter<Item> = {
  readonly matches: (item: Item) => boolean
  readonly problems: readonly string[]
  readonly isEmpty: boolean
}

/**
 * Binds a parsed filter to the fields of a kind of item. A field or value that does not exist becomes a problem; its term then matches
 * nothing, because a filter that silently ignored a typing error would show (and let somebody act on) too much.
 */
export function compileFilter<Item>(parsed: ParsedFilter, fields: FilterFields<Item>): Filter<Item> {
  const problems = [...parsed.problems]
  const tests: ((item: Item) => boolean)[] = parsed.problems.map(() => () => false)
  for (const term of parsed.terms) {
    const field = term.field === null ? fields.name : fields[term.field]
    const problem = field
      ? problemOf(term, field)
      : `There is no field "${term.field}". Fields: ${Object.keys(fields).join(', ')}.`
    if (problem || !field) {
      if (problem) problems.push(problem)
      tests.push(() => false)
    } else tests.push(testOf(term, field))
  }
  return { matches: (item) => tests.every((test) => test(item)), problems, isEmpty: tests.length === 0 }
}

function problemOf<Item>(term: FilterTerm, field: FilterField<Item>): string | null {
  const { test } = term
  if (test.kind === 'compare' && field.kind !== 'number')
    return `${term.text}: only numbers can be compared with ${test.sign}.`
  if (test.kind === 'any-of' && field.kind === 'number') {
    const wrong = test.values.find((value) => !Number.isFinite(Number(value)))
    return wrong === undefined ? null : `${term.text}: "${wrong}" is not a number.`
  }
  if (test.kind === 'any-of' && field.kind === 'choice') {
    const wrong = test.values.find((value) => !field.choices.includes(value))
    return wrong === undefined ? null : `${term.text}: "${wrong}" is not one of ${field.choices.join(', ')}.`
  }
  return null
}

function testOf<Item>(term: FilterTerm, field: FilterField<Item>): (item: Item) => boolean {
  const { test, negated } = term
  if (field.kind === 'number') {
    return (item) => {
      const value = field.of(item)
      return value !== null && numberPasses(test, value) !== negated
    }
  }
  if (field.kind === 'labels') return (item) => labelsPass(test, field.of(item)) !== negated
  const isExact = field.kind === 'choice'
  return (item) => field.of(item).some((text) => textPasses(test, text, isExact)) !== negated
}

function numberPasses(test: FilterTerm['test'], value: number): boolean {
  switch (test.kind) {
    case 'compare':
      return compare(value, test.sign, test.value)
    case 'any-of':
      return test.values.some((wanted) => Number(wanted) === value)
    case 'pattern':
      return test.pattern.test(String(value))
  }
}

function compare(value: number, sign: '>' | '>=' | '<' | '<=', wanted: number): boolean {
  switch (sign) {
    case '>':
      return value > wanted
    case '>=':
      return value >= wanted
    case '<':
      return value < wanted
    case '<=':
      return value <= wanted
  }
}

function labelsPass(test: FilterTerm['test'], labels: Readonly<Record<string, string>>): boolean {
  const texts = Object.entries(labels).map(([key, value]) => `${key}=${value}`.toLowerCase())
  if (test.kind === 'pattern') return texts.some((text) => test.pattern.test(text))
  if (test.kind === 'compare') return false
  return test.values.some((wanted) =>
    wanted.includes('=') ? texts.includes(wanted) : texts.some((text) => text.startsWith(`${wanted}=`)),
  )
}

function textPasses(test: FilterTerm['test'], text: string, isExact: boolean): boolean {
  if (test.kind === 'pattern') return test.pattern.test(text)
  if (test.kind === 'compare') return false
  const lower = text.toLowerCase()
  return test.values.some((wanted) =>
    isExact ? lower === wanted : wanted.includes('*') ? glob(wanted, lower) : lower.includes(wanted),
  )
}

/** `web-*` against the whole text, in linear time: the parts between the stars must appear in order. */
function glob(wanted: string, text: string): boolean {
  const parts = wanted.split('*')
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  let at = first.length
  const end = text.length - last.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found === -1 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}
