import { fail, type Outcome, ok } from '../outcome.ts'

/** Longest pattern that is accepted; with it the cost of one test is bounded by `length × text length`. */
export const PATTERN_LENGTH_MAX = 200

export type Pattern = { readonly source: string; readonly test: (text: string) => boolean }

/**
 * A small pattern language that cannot be made slow: letters, `.`, `\d \w \s`, `[a-z]`, `[^a-z]`, `* + ?`, `|`, `( )`, `^`, `$`.
 * Finds a match anywhere in the text, without regard to case.
 *
 * People type these patterns into a filter that servers evaluate, so it must not be the engine of JavaScript, where
 * `(a+)+$` takes exponential time. All states are followed at once instead (Thompson, 1968): linear in the text.
 *
 * @returns the sentence that says what is wrong when the pattern cannot be read
 */
export function compilePattern(source: string): Outcome<Pattern, string> {
  if (source.length > PATTERN_LENGTH_MAX)
    return fail(`A pattern may have ${PATTERN_LENGTH_MAX} characters; this one has ${source.length}.`)
  const reader = new PatternReader(source.toLowerCase())
  const tree = reader.readAll()
  if (!tree.ok) return tree
  const program: Instruction[] = []
  emit(tree.value, program)
  program.push({ op: 'match' })
  return ok({ source, test: (text) => run(program, text.toLowerCase()) })
}

type Class = { readonly negated: boolean; readonly ranges: readonly (readonly [number, number])[] }
type Tree =
  | { readonly kind: 'class'; readonly class: Class }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Tree[] }
  | { readonly kind: 'repeat'; readonly part: Tree; readonly sign: '*' | '+' | '?' }

type Instruction =
  | { readonly op: 'class'; readonly class: Class }
  | { readonly op: 'start' | 'end' | 'match' }
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }

const digits: Class['ranges'] = [[48, 57]]
const words: Class['ranges'] = [...digits, [65, 90], [95, 95], [97, 122]]
const spaces: Class['ranges'] = [
  [9, 13],
  [32, 32],
]
const escapes: Readonly<Record<string, Class['ranges']>> = { d: digits, w: words, s: spaces }

class PatternReader {
  private at = 0
  private readonly source: string

  constructor(source: string) {
    this.source = source
  }

  readAll(): Outcome<Tree, string> {
    const tree = this.readChoice()
    if (tree.ok && this.at < this.source.length)
      return fail(`Unexpected "${this.source[this.at]}" at character ${this.at + 1} of the pattern.`)
    return tree
  }

  private readChoice(): Outcome<Tree, string> {
    const parts: Tree[] = []
    do {
      const part = this.readSequence()
      if (!part.ok) return part
      parts.push(part.value)
    } while (this.take('|'))
    const only = parts[0]
    return ok(parts.length === 1 && only ? only : { kind: 'choice', parts })
  }

  private readSequence(): Outcome<Tree, string> {
    const parts: Tree[] = []
    while (this.at < this.source.length && this.source[this.at] !== '|' && this.source[this.at] !== ')') {
      const part = this.readRepeat()
      if (!part.ok) return part
      parts.push(part.value)
    }
    return ok({ kind: 'sequence', parts })
  }

  private readRepeat(): Outcome<Tree, string> {
    const atom = this.readAtom()
    if (!atom.ok) return atom
    const sign = this.source[this.at]
    if (sign !== '*' && sign !== '+' && sign !== '?') return atom
    this.at++
    return ok({ kind: 'repeat', part: atom.value, sign })
  }

  private readAtom(): Outcome<Tree, string> {
    const char = this.source[this.at++] ?? ''
    switch (char) {
      case '(': {
        const inner = this.readChoice()
        if (inner.ok && !this.take(')')) return fail('A "(" of the pattern is not closed.')
        return inner
      }
      case '[':
        return this.readClass()
      case '.':
        return ok({ kind: 'class', class: { negated: true, ranges: [] } })
      case '^':
        return ok({ kind: 'start' })
      case '$':
        return ok({ kind: 'end' })
      case '*':
      case '+':
      case '?':
        return fail(`"${char}" at character ${this.at} of the pattern has nothing to repeat.`)
      case '\\': {
        const escaped = this.source[this.at++]
        if (escaped === undefined) return fail('The pattern ends with a lone "\\".')
        return ok({ kind: 'class', class: { negated: false, ranges: escapes[escaped] ?? single(escaped) } })
      }
      default:
        return ok({ kind: 'class', class: { negated: false, ranges: single(char) } })
    }
  }

  private readClass(): Outcome<Tree, string> {
    const negated = this.take('^')
    const ranges: (readonly [number, number])[] = []
    while (this.at < this.source.length && this.source[this.at] !== ']') {
      let char = this.source[this.at++] ?? ''
      if (char === '\\') {
        char = this.source[this.at++] ?? ''
        const named = escapes[char]
        if (named) {
          ranges.push(...named)
          continue
        }
      }
      const from = char.charCodeAt(0)
      const isRange =
        this.source[this.at] === '-' && this.source[this.at + 1] !== ']' && this.at + 1 < this.source.length
      const to = isRange ? this.source.charCodeAt(this.at + 1) : from
      if (isRange) this.at += 2
      if (to < from)
        return fail(
          `The range ${String.fromCharCode(from)}-${String.fromCharCode(to)} of the pattern is the wrong way round.`,
        )
      ranges.push([from, to])
    }
    if (!this.take(']')) return fail('A "[" of the pattern is not closed.')
    return ok({ kind: 'class', class: { negated, ranges } })
  }

  private take(char: string): boolean {
    if (this.source[this.at] !== char) return false
    this.at++
    return true
  }
}

function single(char: string): Class['ranges'] {
  const code = char.charCodeAt(0)
  return [[code, code]]
}

function emit(tree: Tree, program: Instruction[]): void {
  switch (tree.kind) {
    case 'class':
      program.push({ op: 'class', class: tree.class })
      return
    case 'start':
    case 'end':
      program.push({ op: tree.kind })
      return
    case 'sequence':
      for (const part of tree.parts) emit(part, program)
      return
    case 'choice':
      emitChoice(tree.parts, program)
      return
    case 'repeat':
      emitRepeat(tree.part, tree.sign, program)
  }
}

function emitChoice(parts: readonly Tree[], program: Instruction[]): void {
  const jumps: Extract<Instruction, { op: 'jump' }>[] = []
  parts.forEach((part, index) => {
    const isLast = index === parts.length - 1
    const split: Instruction = { op: 'split', first: program.length + 1, second: 0 }
    if (!isLast) program.push(split)
    emit(part, program)
    if (isLast) return
    const jump: Extract<Instruction, { op: 'jump' }> = { op: 'jump', to: 0 }
    program.push(jump)
    jumps.push(jump)
    split.second = program.length
  })
  for (const jump of jumps) jump.to = program.length
}

function emitRepeat(part: Tree, sign: '*' | '+' | '?', program: Instruction[]): void {
  if (sign === '+') {
    const start = program.length
    emit(part, program)
    program.push({ op: 'split', first: start, second: program.length + 1 })
    return
  }
  const at = program.length
  const split: Instruction = { op: 'split', first: at + 1, second: 0 }
  program.push(split)
  emit(part, program)
  if (sign === '*') program.push({ op: 'jump', to: at })
  split.second = program.length
}

/** Follows every state at once; a new attempt starts at each character, so a match may stand anywhere. */
function run(program: readonly Instruction[], text: string): boolean {
  let current = new Set<number>()
  for (let at = 0; at <= text.length; at++) {
    follow(program, 0, at, text.length, current)
    if (current.has(program.length - 1)) return true
    const code = text.charCodeAt(at)
    const next = new Set<number>()
    for (const state of current) {
      const instruction = program[state]
      if (instruction?.op === 'class' && at < text.length && holds(instruction.class, code))
        follow(program, state + 1, at + 1, text.length, next)
    }
    current = next
  }
  return current.has(program.length - 1)
}

function follow(program: readonly Instruction[], from: number, at: number, length: number, into: Set<number>): void {
  const waiting = [from]
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    if (into.has(state)) continue
    const instruction = program[state]
    if (!instruction) continue
    into.add(state)
    if (instruction.op === 'jump') waiting.push(instruction.to)
    else if (instruction.op === 'split') waiting.push(instruction.second, instruction.first)
    else if ((instruction.op === 'start' && at === 0) || (instruction.op === 'end' && at === length))
      waiting.push(state + 1)
  }
}

function holds({ negated, ranges }: Class, code: number): boolean {
  return ranges.some(([from, to]) => code >= from && code <= to) !== negated
}
