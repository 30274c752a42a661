import {
  type Constraint,
  labelsSchema,
  type Outcome,
  parseBytes,
  parseCpu,
  parseDuration,
  parseGpu,
  readJobCall,
  type SuccessRule,
  successRuleSchema,
} from '@quarterdeck/domain'
import { UsageError } from '../failure.ts'

/** Reads the value of an option, or says in one sentence which option, which value, and what is accepted. */
function reader<Value>(parse: (text: string) => Outcome<Value, string>) {
  return (option: string) =>
    (text: string): Value => {
      const parsed = parse(text)
      if (parsed.ok) return parsed.value
      throw wrong(option, text, parsed.error)
    }
}

export const duration = reader(parseDuration)
export const bytes = reader(parseBytes)
export const cpu = reader(parseCpu)
export const gpu = reader(parseGpu)
export const jobCall = reader(readJobCall)

export function wholeNumber(option: string, { min, max }: { readonly min: number; readonly max: number }) {
  return (text: string): number => {
    const value = Number(text)
    if (!/^-?\d+$/.test(text) || value < min || value > max)
      throw wrong(option, text, `must be a whole number from ${min} to ${max}`)
    return value
  }
}

/** `all`, `any`, or a share such as `80%`. */
export function successRule(text: string): SuccessRule {
  if (text === 'all' || text === 'any') return { rule: text }
  const percent = /^(\d{1,3})\s*%?$/.exec(text)?.[1]
  const parsed = successRuleSchema.safeParse({ rule: 'share', percent: Number(percent) })
  if (parsed.success) return parsed.data
  throw wrong('--success', text, 'must be all, any, or a share from 1% to 100%')
}

export function oneOf<const Choice extends string>(option: string, choices: readonly Choice[]) {
  return (text: string): Choice => {
    const choice = choices.find((each) => each === text)
    if (choice === undefined) throw wrong(option, text, `must be one of ${choices.join(', ')}`)
    return choice
  }
}

/** Collects an option that may be given many times, and splits at commas. */
export function many(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(',').filter((part) => part !== '')]
}

/** The same without the commas, for values that may hold some. */
export function each(text: string, before: readonly string[] = []): string[] {
  return [...before, text]
}

/** `team=billing` for each; keys and values as the cluster accepts them. */
export function labels(option: string, texts: readonly string[]): Record<string, string> {
  const pairs = texts.map((text) => {
    const at = text.indexOf('=')
    if (at < 1) throw wrong(option, text, 'must be key=value')
    return [text.slice(0, at), text.slice(at + 1)] as const
  })
  const parsed = labelsSchema.safeParse(Object.fromEntries(pairs))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw wrong(
    option,
    texts.join(','),
    issue?.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : (issue?.message ?? 'is refused'),
  )
}

/** What a node's labels must be: `gpu` (has it), `!gpu` (has not), `disk=ssd`, `disk!=ssd`; several values with `|` between. */
export function constraints(option: string, texts: readonly string[]): Constraint[] {
  return texts.map((text) => {
    const match = /^(!?)([a-z0-9][a-z0-9._/-]*)(?:(!?=)(.+))?$/.exec(text)
    if (!match || (match[1] && match[3])) throw wrong(option, text, 'must be key, !key, key=value or key!=value')
    const [, not, label = '', sign, values] = match
    if (sign === undefined) return { label, operator: not ? 'missing' : 'exists', values: [] }
    return { label, operator: sign === '=' ? 'in' : 'not-in', values: (values ?? '').split('|') }
  })
}

export function json(option: string) {
  return (text: string): unknown => {
    try {
      return JSON.parse(text)
    } catch (error) {
      throw wrong(
        option,
        text,
        `must be JSON, for example '{"size":3}' (${error instanceof Error ? error.message : 'broken'})`,
      )
    }
  }
}

const SHOWN_LENGTH_MAX = 60

function wrong(option: string, text: string, accepted: string): UsageError {
  const shown =
    text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}… (${text.length} characters)` : text
  return new UsageError(`${option} ${JSON.stringify(shown)} ${accepted}`)
}
