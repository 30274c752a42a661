'use client'

import type { NodeRow } from '@quarterdeck/domain'
import { useMemo } from 'react'
import { store } from '../live/page.ts'
import { useVersion } from '../live/use-live.ts'
import { LoadHistogram, spreadOf } from '../overview/load-histogram.tsx'
import { RebalanceCard } from '../rebalance/rebalance-card.tsx'
import { ShareBar } from '../ui/bars.tsx'
import { Card } from '../ui/layout.tsx'
import { Empty } from '../ui/states.tsx'
import { NodeLink } from '../ui/text-link.tsx'

const SHOWN = 50

/** Is work spread fairly? How the nodes differ, and which are heaviest and lightest. */
export function NodeLoadView({ nodes }: { readonly nodes: readonly NodeRow[] }) {
  const version = useVersion('load')
  const measured = useMemo(() => {
    // Named so that the memo is renewed with the store, which React cannot see into.
    void version
    return nodes
      .filter((node) => node.health === 'ready')
      .flatMap((node) => {
        const load = store.load.read(node.slot)
        return load ? [{ node, share: load.cpuShare }] : []
      })
      .sort((a, b) => b.share - a.share)
  }, [nodes, version])
  if (measured.length === 0) {
    return (
      <div className="p-4">
        <Empty title="No load has been measured yet. Nodes report once a second." />
        <RebalanceCard />
      </div>
    )
  }
  const { imbalance } = spreadOf(measured.map((each) => each.share).reverse())
  const lightest = measured.slice(Math.max(SHOWN, measured.length - SHOWN)).reverse()
  return (
    <div className="grid gap-3 p-4 lg:grid-cols-2">
      <Card title={`Imbalance ${imbalance.toFixed(2)}`} className="lg:col-span-2">
        <LoadHistogram />
        <p className="px-3 pb-2 text-compact text-muted">
          Imbalance is the standard deviation of CPU in use over its mean: 0 when every node is as busy as the others.
        </p>
      </Card>
      <RebalanceCard className="lg:col-span-2" />
      <Ranked title="Heaviest" list={measured.slice(0, SHOWN)} />
      {lightest.length > 0 && <Ranked title="Lightest" list={lightest} />}
    </div>
  )
}

function Ranked({
  title,
  list,
}: {
  readonly title: string
  readonly list: readonly { readonly node: NodeRow; readonly share: number }[]
}) {
  return (
    <Card title={title}>
      <ol>
        {list.map(({ node, share }) => (
          <li
            key={node.id}
            className="grid min-h-(--row) grid-cols-[minmax(0,140px)_minmax(0,1fr)_110px] items-center gap-3 border-b border-line/60 px-3 last:border-0"
          >
            <NodeLink id={node.id} />
            <ShareBar share={share} label="CPU" />
            <span className="text-right text-compact text-muted">
              {node.tasksPlaced} of {node.capacity.taskSlots} tasks
            </span>
          </li>
        ))}
      </ol>
    </Card>
  )
}
