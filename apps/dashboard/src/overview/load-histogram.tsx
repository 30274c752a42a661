'use client'

import { useMemo } from 'react'
import { formatShare, plural } from '../format/amount.ts'
import { store } from '../live/page.ts'
import { useVersion } from '../live/use-live.ts'

const BINS = 20

/** Nodes by measured CPU, in 20 steps, with the middle, the 95th percentile and the highest. Nodes nobody measures are not in it. */
export function LoadHistogram({ title = 'Nodes by CPU in use' }: { readonly title?: string }) {
  const nodes = useVersion('nodes')
  const load = useVersion('load')
  const { bins, spread, count } = useMemo(() => {
    // Named so that the memo is renewed with the store, which React cannot see into.
    void nodes
    void load
    const shares = measuredShares()
    const counts = Array.from({ length: BINS }, (_, at) => ({ at, count: 0 }))
    for (const share of shares) {
      const bin = counts[Math.min(BINS - 1, Math.floor(share * BINS))]
      if (bin) bin.count++
    }
    return { bins: counts, spread: spreadOf(shares), count: shares.length }
  }, [nodes, load])
  if (count === 0) return <p className="px-3 py-4 text-muted">No load has been measured yet.</p>
  const most = Math.max(...bins.map((bin) => bin.count))
  const words = `middle ${formatShare(spread.middle)}, 95th percentile ${formatShare(spread.p95)}, highest ${formatShare(spread.highest)}`
  return (
    <figure className="px-3 py-2">
      <figcaption className="text-compact text-muted">
        {title}, {plural(count, 'node')}: {words}
      </figcaption>
      <svg
        role="img"
        aria-label={`${title}: ${words}`}
        viewBox="0 0 200 60"
        preserveAspectRatio="none"
        className="mt-1 h-20 w-full"
      >
        {bins.map((bin) => (
          <rect
            key={bin.at}
            x={bin.at * 10 + 0.5}
            y={60 - (bin.count / most) * 58}
            width="9"
            height={(bin.count / most) * 58}
            className="fill-load-3"
          />
        ))}
      </svg>
      <div aria-hidden className="flex justify-between text-micro text-muted">
        <span>0%</span>
        <span>50%</span>
        <span>100%</span>
      </div>
    </figure>
  )
}

function measuredShares(): number[] {
  const shares: number[] = []
  for (const node of store.nodes.values()) {
    if (node.health !== 'ready') continue
    const reading = store.load.read(node.slot)
    if (reading) shares.push(reading.cpuShare)
  }
  return shares.sort((a, b) => a - b)
}

/** Order statistics of sorted shares, and the imbalance: standard deviation over mean. */
export function spreadOf(sorted: readonly number[]) {
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  const mean = sorted.reduce((sum, share) => sum + share, 0) / Math.max(1, sorted.length)
  const variance = sorted.reduce((sum, share) => sum + (share - mean) ** 2, 0) / Math.max(1, sorted.length)
  return {
    middle: at(0.5),
    p95: at(0.95),
    highest: sorted.at(-1) ?? 0,
    mean,
    imbalance: mean === 0 ? 0 : Math.sqrt(variance) / mean,
  }
}
