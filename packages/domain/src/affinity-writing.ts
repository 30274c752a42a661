import type { Affinity, SpreadOver, TaskAffinity } from './affinity.ts'
import type { Constraint } from './labels.ts'

/** Each writes what its reader in affinity-text.ts reads back. */
export function writeAffinity({ weight, ...need }: Affinity): string {
  return `${weight}:${writeNeed(need)}`
}

export function writeTaskAffinity({ job, within, weight }: TaskAffinity): string {
  return `${weight === undefined ? '' : `${weight}:`}${job}${within === 'node' ? '' : `@${within}`}`
}

export function writeSpreadOver({ label, skewMax, weight }: SpreadOver): string {
  return `${weight === undefined ? '' : `${weight}:`}${label}${skewMax === 1 ? '' : `=${skewMax}`}`
}

function writeNeed({ label, operator, values }: Constraint): string {
  if (operator === 'exists') return label
  if (operator === 'missing') return `!${label}`
  return `${label}${operator === 'in' ? '=' : '!='}${values.join('|')}`
}
