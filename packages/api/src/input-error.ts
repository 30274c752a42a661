import { type ClusterError, clusterError } from '@quarterdeck/domain'
import type { z } from 'zod'

type Issue = z.core.$ZodIssue

/** Values under these names are never repeated in an error. */
const secretNames = new Set(['password', 'current', 'next', 'token', 'secret', 'env'])
const SHOWN_LENGTH_MAX = 60

/** One sentence for the first thing that is wrong: the field, its value (shortened), and what is accepted. */
export function inputError(issues: readonly Issue[], input: unknown): ClusterError {
  const issue = innermost(issues[0])
  if (!issue) return clusterError('bad_input', 'The input was refused.')
  const at = issue.path.map(String).join('.')
  // What is wrong is the one that should not be there.
  const unknown = issue.code === 'unrecognized_keys' ? (issue.keys[0] ?? '') : ''
  const field = [at, unknown].filter(Boolean).join('.')
  const others =
    issues.length > 1 ? ` ${issues.length - 1} more ${issues.length === 2 ? 'field is' : 'fields are'} wrong.` : ''
  return clusterError(
    'bad_input',
    `${sentence(issue, at, input)}${others}`.slice(0, 2_000),
    field ? { field: field.slice(0, 200) } : {},
  )
}

/** A union reports nothing useful itself: its closest branch does. */
function innermost(issue: Issue | undefined): Issue | undefined {
  if (issue?.code !== 'invalid_union') return issue
  const closest = [...issue.errors].sort((a, b) => a.length - b.length)[0]?.[0]
  return closest ? innermost({ ...closest, path: [...issue.path, ...closest.path] }) : issue
}

function sentence(issue: Issue, field: string, input: unknown): string {
  const name = field === '' ? 'The input' : field
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => JSON.stringify(shorten(key))).join(', ')
    return `${name} has a field that does not exist: ${keys}.`
  }
  const value = valueAt(input, issue.path)
  if (value === undefined) return `${name} is missing; it ${accepted(issue)}.`
  const shown = issue.path.some((part) => secretNames.has(String(part))) ? '' : ` ${show(value)}`
  return `${name}${shown} is not accepted: it ${accepted(issue)}.`
}

function accepted(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${withArticle(issue.expected)}`
    case 'too_small':
      return `must ${measure(issue.origin, issue.exact ? '' : issue.inclusive === false ? 'more than ' : 'at least ', issue.minimum)}`
    case 'too_big':
      return `must ${measure(issue.origin, issue.exact ? '' : issue.inclusive === false ? 'less than ' : 'at most ', issue.maximum)}`
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map((value) => JSON.stringify(value)).join(', ')}`
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'invalid_key':
      return asClause(issue.issues[0]?.message ?? issue.message)
    case 'invalid_format':
    case 'invalid_union':
    case 'invalid_element':
    case 'unrecognized_keys':
    case 'custom':
      return asClause(issue.message)
    default:
      return asClause((issue as Issue).message)
  }
}

function measure(origin: string, bound: string, size: number | bigint): string {
  if (origin === 'string') return `have ${bound}${size} characters`
  if (origin === 'array' || origin === 'set') return `have ${bound}${size} entries`
  return `be ${bound}${size}`
}

function withArticle(type: string): string {
  if (type === 'int') return 'a whole number'
  if (type === 'nan') return 'a number'
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
}

/** Messages of the schemas are written as "must be …" or as a bare limit; libraries' own begin otherwise. */
function asClause(message: string): string {
  if (/^(must|may|has|have|needs) /.test(message)) return message
  return `is refused with "${message}"`
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<PropertyKey, unknown>)[part]
  }
  return value
}

function show(value: unknown): string {
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? `(${value.length} entries)` : '(an object)'
  return shorten(JSON.stringify(value))
}

function shorten(text: string): string {
  return text.length <= SHOWN_LENGTH_MAX ? text : `${text.slice(0, SHOWN_LENGTH_MAX)}… (${text.length} characters)`
}
