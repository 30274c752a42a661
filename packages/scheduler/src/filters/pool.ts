import { ANY_POOL, DEFAULT_POOL } from '@quarterdeck/domain'
import type { Filter } from '../filter.ts'

/** The node belongs to the pool that the task is for. */
export const pool: Filter = {
  name: 'pool',
  summary: 'The node belongs to the pool that the task is for',

  reach: ({ spec }) => (spec.pool === ANY_POOL ? 'nothing' : 'class'),
  reject: ({ spec }, { node }) =>
    spec.pool === ANY_POOL || poolOf(spec) === poolOf(node) ? null : `not in pool ${poolOf(spec)}`,
  explain: ({ spec }, { node }) => `is for pool ${poolOf(spec)}, ${node.id} is in pool ${poolOf(node)}`,
  effort: () => 1.2,
  remedy: ({ spec }, { node }) => `${node.id} in pool ${poolOf(spec)}, or the task for pool ${poolOf(node)}`,
}

function poolOf({ pool: name }: { readonly pool?: string | undefined }): string {
  return name ?? DEFAULT_POOL
}
