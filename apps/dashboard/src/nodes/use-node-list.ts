'use client'

import { compareText, compileFilter, type NodeRow, nodeFilterFields, parseFilter } from '@quarterdeck/domain'
import { useMemo } from 'react'
import { store } from '../live/page.ts'
import { useVersion } from '../live/use-live.ts'
import { compareNodes, followsLoad, groupOf } from './node-order.ts'

export type NodeQuery = { readonly filter: string; readonly sort: string; readonly group: string }

/** The nodes that match a query, in its order. One list for table, map, load view and selection. */
export function useNodeList({ filter: text, sort, group }: NodeQuery): {
  readonly nodes: readonly NodeRow[]
  readonly total: number
  readonly problems: readonly string[]
  readonly isFiltered: boolean
} {
  const nodesVersion = useVersion('nodes')
  const loadVersion = useVersion('load')
  const filter = useMemo(() => compileFilter(parseFilter(text), nodeFilterFields), [text])
  const version = `${nodesVersion} ${followsLoad(sort, text) ? loadVersion : ''}`

  const nodes = useMemo(() => {
    // Named so that the memo is renewed with the store, which React cannot see into.
    void version
    const compare = compareNodes(sort)
    return [...store.nodes.values()]
      .filter((node) => filter.matches({ node, load: store.load.read(node.slot) }))
      .sort((a, b) => (group ? compareText(groupOf(a, group), groupOf(b, group)) : 0) || compare(a, b))
  }, [filter, sort, group, version])

  return { nodes, total: store.nodes.size, problems: filter.problems, isFiltered: !filter.isEmpty }
}
