import type { Constraint } from '@quarterdeck/domain'
import type { Filter } from '../filter.ts'

/** The node's labels, built-in ones included, satisfy every constraint of the task. */
export const constraints: Filter = {
  name: 'constraints',
  summary: 'The labels of the node satisfy the constraints of the task',

  reach(request) {
    if (request.constraints.length === 0) return 'nothing'
    // `node` is the one label that differs between nodes of a class.
    return request.constraints.some((constraint) => constraint.label === 'node') ? 'node' : 'class'
  },

  reject(request, { labels }) {
    for (const constraint of request.constraints) {
      if (!satisfies(labels, constraint)) return `not ${inWords(constraint)}`
    }
    return null
  },

  explain(request, { node, labels }) {
    const broken = request.constraints.find((constraint) => !satisfies(labels, constraint))
    if (!broken) return `${node.id} satisfies every constraint`
    const value = labels.get(broken.label)
    const has = value === undefined ? `has no label ${broken.label}` : `has ${broken.label}=${value}`
    return `needs ${inWords(broken)}, ${node.id} ${has}`.slice(0, 300)
  },

  effort(request, { labels }) {
    const broken = request.constraints.filter((constraint) => !satisfies(labels, constraint))
    return broken.some(({ label }) => builtIn.has(label)) ? null : 1 + Math.min(0.9, broken.length / 10)
  },

  remedy(request, { node, labels }) {
    const broken = request.constraints.filter((constraint) => !satisfies(labels, constraint))
    return `${broken.map(inWords).join(' and ')} on ${node.id}`
  },
}

/** What a machine is cannot be changed by setting a label. */
const builtIn = new Set(['node', 'zone', 'region', 'arch', 'os'])

export function satisfies(labels: ReadonlyMap<string, string>, { label, operator, values }: Constraint): boolean {
  const value = labels.get(label)
  switch (operator) {
    case 'in':
      return value !== undefined && values.includes(value)
    case 'not-in':
      return value === undefined || !values.includes(value)
    case 'exists':
      return value !== undefined
    case 'missing':
      return value === undefined
    default:
      return operator satisfies never
  }
}

function inWords({ label, operator, values }: Constraint): string {
  const [only] = values
  switch (operator) {
    case 'in':
      return values.length === 1 ? `${label}=${only}` : `${label} in ${values.join(', ')}`
    case 'not-in':
      return values.length === 1 ? `${label}≠${only}` : `${label} none of ${values.join(', ')}`
    case 'exists':
      return `label ${label}`
    case 'missing':
      return `no label ${label}`
    default:
      return operator satisfies never
  }
}
