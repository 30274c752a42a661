import {
  type Affinity,
  affinitySchema,
  type SpreadOver,
  spreadOverSchema,
  type TaskAffinity,
  taskAffinitySchema,
} from './affinity.ts'
import type { Constraint } from './labels.ts'

/** How wishes are written on one line, in `qd` and in the dispatch form; a number and a colon before makes the weight. */
export const affinityHints = {
  prefer: 'disk=ssd, 80:disk=ssd|nvme, gpu, !gpu or -20:disk=hdd',
  taskAffinity: 'cache, cache@zone (label whose value is shared) or 50:cache@zone (a wish)',
  spreadOver: 'zone, rack=2 (greatest difference) or 50:rack (a wish)',
} as const

/** `[weight:]label`, `!label`, `label=a|b`, `label!=a|b`. Null when it cannot be read. */
export function parseAffinity(text: string): Affinity | null {
  const { weight, rest } = weighted(text)
  const need = parseNeed(rest)
  return need && (affinitySchema.safeParse({ ...need, ...(weight === null ? {} : { weight }) }).data ?? null)
}

/** `[weight:]job[@label]`. */
export function parseTaskAffinity(how: TaskAffinity['how'], text: string): TaskAffinity | null {
  const { weight, rest } = weighted(text)
  const at = rest.indexOf('@')
  const input = { how, job: at < 0 ? rest : rest.slice(0, at), ...(at < 0 ? {} : { within: rest.slice(at + 1) }) }
  return taskAffinitySchema.safeParse({ ...input, ...(weight === null ? {} : { weight }) }).data ?? null
}

/** `[weight:]label[=skew]`. */
export function parseSpreadOver(text: string): SpreadOver | null {
  const { weight, rest } = weighted(text)
  const at = rest.indexOf('=')
  const input = { label: at < 0 ? rest : rest.slice(0, at), ...(at < 0 ? {} : { skewMax: Number(rest.slice(at + 1)) }) }
  return spreadOverSchema.safeParse({ ...input, ...(weight === null ? {} : { weight }) }).data ?? null
}

function weighted(text: string): { readonly weight: number | null; readonly rest: string } {
  const match = /^(-?\d{1,6}):(.*)$/s.exec(text.trim())
  return match ? { weight: Number(match[1]), rest: match[2] ?? '' } : { weight: null, rest: text.trim() }
}

function parseNeed(text: string): Constraint | null {
  const match = /^(!?)([^=!]+)(?:(!?=)(.+))?$/s.exec(text)
  if (!match) return null
  const [, not, label = '', sign, list] = match
  if (list === undefined) return { label, operator: not ? 'missing' : 'exists', values: [] }
  if (not) return null
  return { label, operator: sign === '=' ? 'in' : 'not-in', values: list.split('|') }
}
