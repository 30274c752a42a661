import { type Node, type Taint, tolerates } from '@quarterdeck/domain'
import type { Filter } from '../filter.ts'
import type { Request } from '../request.ts'

/** The task puts up with what the node's taints keep others off for. */
export const taints: Filter = {
  name: 'taints',
  summary: 'The task tolerates the taints of the node',

  reach: () => 'class',

  reject(request, { node }) {
    const taint = barrier(request, node)
    return taint ? `tainted ${taint.key}` : null
  },

  explain(request, { node }) {
    const taint = barrier(request, node)
    return taint
      ? `${node.id} is tainted ${inWords(taint)}, which the task does not tolerate`
      : `${node.id} keeps it off by no taint`
  },

  effort: () => 1,
  remedy(request, { node }) {
    const taint = barrier(request, node)
    return taint ? `tolerating ${inWords(taint)}, or taking that taint off ${node.id}` : `nothing on ${node.id}`
  },
}

function barrier({ spec }: Request, { taints: all }: Node): Taint | undefined {
  return all?.find((taint) => taint.effect !== 'prefer-not' && !tolerates(spec.tolerations, taint))
}

function inWords({ key, value }: Taint): string {
  return value === '' ? key : `${key}=${value}`
}
