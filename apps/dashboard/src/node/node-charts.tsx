'use client'

import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { useMemo } from 'react'
import { LiveChart, type Series } from '../charts/live-chart.tsx'
import { formatBytes } from '../format/amount.ts'
import { useNow } from '../live/use-now.ts'
import { Card } from '../ui/layout.tsx'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'
import { RANGES, type Range, useHistory } from './use-history.ts'

const cpuSeries: readonly Series[] = [{ label: 'CPU', color: '--info' }]
const memorySeries: readonly Series[] = [{ label: 'Memory', color: '--info' }]
const diskSeries: readonly Series[] = [{ label: 'Disk', color: '--info' }]
const networkSeries: readonly Series[] = [
  { label: 'received', color: '--info' },
  { label: 'sent', color: '--warn' },
]

const ranges = Object.keys(RANGES) as Range[]
const percent = (value: number) => `${Math.round(value)}%`
const rate = (value: number) => `${formatBytes(value)}/s`
const times100 = (values: readonly (number | null)[]) => values.map((value) => (value === null ? null : value * 100))

/** What this machine was doing: CPU, memory, network and disk on one time axis with a shared crosshair. */
export function NodeCharts({ id }: { readonly id: string }) {
  const [range, setRange] = useQueryState(
    'range',
    parseAsStringLiteral(ranges).withDefault('15m').withOptions({ history: 'replace' }),
  )
  const { history, problem } = useHistory(id, range)
  const nowMs = useNow()
  const data = useMemo(() => (history ? columnsOf(history) : null), [history])
  const shared = { nowMs, rangeMs: RANGES[range], sync: id }
  return (
    <Card
      title="Measured load"
      action={
        <fieldset className="flex gap-1">
          <legend className="sr-only">Time range</legend>
          {ranges.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === range}
              onClick={() => void setRange(each)}
              className="min-h-6 rounded-control px-2 text-compact aria-pressed:bg-selected"
            >
              {each}
            </button>
          ))}
        </fieldset>
      }
    >
      {problem && !data && <Failed what="The history could not be loaded." problem={problem} />}
      {!data && !problem && <Skeleton rows={8} />}
      {data?.isEmpty && <Empty title="This controller has not measured this node yet. Samples arrive once a second." />}
      {data && !data.isEmpty && (
        <div className="grid grid-cols-1 lg:grid-cols-2">
          <LiveChart
            {...shared}
            title="CPU, % of all cores"
            series={cpuSeries}
            data={data.cpu}
            max={100}
            format={percent}
          />
          <LiveChart
            {...shared}
            title="Memory, % used"
            series={memorySeries}
            data={data.memory}
            max={100}
            format={percent}
          />
          <LiveChart
            {...shared}
            title="Network, bytes per second"
            series={networkSeries}
            data={data.network}
            format={rate}
          />
          <LiveChart
            {...shared}
            title="Disk, bytes per second read and written"
            series={diskSeries}
            data={data.disk}
            format={rate}
          />
        </div>
      )}
    </Card>
  )
}

function columnsOf(history: NonNullable<ReturnType<typeof useHistory>['history']>) {
  const { atMs } = history
  return {
    isEmpty: atMs.length === 0,
    cpu: { atMs, values: [times100(history.cpuShare)] },
    memory: { atMs, values: [times100(history.memoryShare)] },
    network: { atMs, values: [history.networkReceivedBytesPerSecond, history.networkSentBytesPerSecond] },
    disk: { atMs, values: [history.diskBytesPerSecond] },
  }
}
