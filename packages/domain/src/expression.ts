import { fail, type Outcome, ok } from './outcome.ts'

/**
 * The conditions and inputs of workflow steps: `steps.count.value.rows > 10 && !(input.mode == "dry")`.
 *
 * Paths, text, numbers, `true false null`, `== != < <= > >=`, `&& || !` and brackets; nothing can be called and nothing changed. What is
 * not there reads as null. Values of different types are never equal, and only numbers, or texts, have an order.
 */
export type Expression =
  | { readonly kind: 'value'; readonly value: string | number | boolean | null }
  | { readonly kind: 'path'; readonly path: readonly (string | number)[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: Operator; readonly left: Expression; readonly right: Expression }

const comparisons = ['==', '!=', '<=', '>=', '<', '>'] as const
type Comparison = (typeof comparisons)[number]
type Operator = Comparison | '&&' | '||'

export const EXPRESSION_LENGTH_MAX = 500
const DEPTH_MAX = 20

/** The error is one sentence that says where it cannot be read. */
export function parseExpression(text: string): Outcome<Expression, string> {
  if (text.length > EXPRESSION_LENGTH_MAX) return fail(`is longer than ${EXPRESSION_LENGTH_MAX} characters`)
  try {
    const reader = createReader(tokensOf(text))
    const expression = readEither(reader, 0)
    const rest = reader.peek()
    return rest ? fail(`has "${rest.text}" where it should end (character ${rest.at + 1})`) : ok(expression)
  } catch (error) {
    if (error instanceof Unreadable) return fail(error.message)
    throw error
  }
}

/** @param scope what the first name of a path is looked up in */
export function evaluate(expression: Expression, scope: Readonly<Record<string, unknown>>): unknown {
  switch (expression.kind) {
    case 'value':
      return expression.value
    case 'path':
      return follow(scope, expression.path)
    case 'not':
      return !isTrue(evaluate(expression.of, scope))
    case '&&':
      return isTrue(evaluate(expression.left, scope)) && isTrue(evaluate(expression.right, scope))
    case '||':
      return isTrue(evaluate(expression.left, scope)) || isTrue(evaluate(expression.right, scope))
    default:
      return compare(expression.kind, evaluate(expression.left, scope), evaluate(expression.right, scope))
  }
}

/** Only `true` is: a text such as "false" must not count as a yes. */
export function isTrue(value: unknown): boolean {
  return value === true
}

/** Every path that it reads. */
export function pathsOf(expression: Expression): readonly (readonly (string | number)[])[] {
  switch (expression.kind) {
    case 'value':
      return []
    case 'path':
      return [expression.path]
    case 'not':
      return pathsOf(expression.of)
    default:
      return [...pathsOf(expression.left), ...pathsOf(expression.right)]
  }
}

/** Own properties only, so that nothing of the language itself can be reached. */
function follow(scope: unknown, path: readonly (string | number)[]): unknown {
  let value = scope
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return null
    value = (value as Record<string | number, unknown>)[part]
  }
  return value ?? null
}

function compare(how: Comparison, left: unknown, right: unknown): boolean {
  if (how === '==') return isSame(left, right)
  if (how === '!=') return !isSame(left, right)
  const areOrdered =
    (typeof left === 'number' && typeof right === 'number') || (typeof left === 'string' && typeof right === 'string')
  if (!areOrdered) return false
  const [a, b] = [left as number, right as number]
  return how === '<' ? a < b : how === '<=' ? a <= b : how === '>' ? a > b : a >= b
}

function isSame(left: unknown, right: unknown): boolean {
  if (typeof left === 'object' && left !== null) return JSON.stringify(left) === JSON.stringify(right)
  return left === right
}

class Unreadable extends Error {}

type Token = { readonly kind: 'name' | 'number' | 'text' | 'sign'; readonly text: string; readonly at: number }

const lexeme =
  /\s*(?:(?<name>[A-Za-z_][A-Za-z0-9_-]*)|(?<number>-?\d+(?:\.\d+)?)|(?<text>"(?:[^"\\]|\\.)*"|'[^'\\]*')|(?<sign>&&|\|\||[=!<>]=|[<>!().[\]]))/y

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const end = text.trimEnd().length
  lexeme.lastIndex = 0
  while (lexeme.lastIndex < end) {
    const at = lexeme.lastIndex
    const match = lexeme.exec(text)
    if (!match?.groups) throw new Unreadable(`cannot be read from "${text.slice(at, at + 12).trim()}" on`)
    const [kind, read] = Object.entries(match.groups).find(([, each]) => each !== undefined) ?? ['sign', '']
    tokens.push({ kind: kind as Token['kind'], text: read, at })
  }
  return tokens
}

type Reader = { peek(): Token | undefined; next(): Token; takes(sign: string): boolean }

function createReader(tokens: readonly Token[]): Reader {
  let at = 0
  return {
    peek: () => tokens[at],
    next() {
      const token = tokens[at++]
      if (!token) throw new Unreadable('ends too early')
      return token
    },
    takes(sign) {
      const token = tokens[at]
      if (token?.kind !== 'sign' || token.text !== sign) return false
      at++
      return true
    },
  }
}

function readEither(reader: Reader, depth: number): Expression {
  let left = readBoth(reader, depth)
  while (reader.takes('||')) left = { kind: '||', left, right: readBoth(reader, depth) }
  return left
}

function readBoth(reader: Reader, depth: number): Expression {
  let left = readComparison(reader, depth)
  while (reader.takes('&&')) left = { kind: '&&', left, right: readComparison(reader, depth) }
  return left
}

function readComparison(reader: Reader, depth: number): Expression {
  const left = readOne(reader, depth)
  const how = comparisons.find((each) => reader.takes(each))
  return how ? { kind: how, left, right: readOne(reader, depth) } : left
}

function readOne(reader: Reader, depth: number): Expression {
  if (depth > DEPTH_MAX) throw new Unreadable(`is nested deeper than ${DEPTH_MAX}`)
  if (reader.takes('!')) return { kind: 'not', of: readOne(reader, depth + 1) }
  if (reader.takes('(')) {
    const inner = readEither(reader, depth + 1)
    if (!reader.takes(')')) throw new Unreadable('has an opening bracket that is not closed')
    return inner
  }
  const token = reader.next()
  if (token.kind === 'number') return { kind: 'value', value: Number(token.text) }
  if (token.kind === 'text') return { kind: 'value', value: unquote(token.text) }
  if (token.kind === 'sign') throw new Unreadable(`has "${token.text}" where a value is expected`)
  if (token.text === 'true' || token.text === 'false') return { kind: 'value', value: token.text === 'true' }
  return token.text === 'null' ? { kind: 'value', value: null } : { kind: 'path', path: readPath(reader, token.text) }
}

function readPath(reader: Reader, first: string): (string | number)[] {
  const path: (string | number)[] = [first]
  for (;;) {
    if (reader.takes('.')) {
      const token = reader.next()
      if (token.kind !== 'name') throw new Unreadable(`has "${token.text}" where a name is expected`)
      path.push(token.text)
    } else if (reader.takes('[')) {
      const token = reader.next()
      if (token.kind !== 'number' && token.kind !== 'text') throw new Unreadable('takes a number or a text in [ ]')
      path.push(token.kind === 'number' ? Number(token.text) : unquote(token.text))
      if (!reader.takes(']')) throw new Unreadable('has a [ that is not closed')
    } else return path
  }
}

function unquote(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1)
  try {
    return JSON.parse(text) as string
  } catch {
    throw new Unreadable(`has a text that cannot be read: ${text}`)
  }
}
