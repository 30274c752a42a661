'use client'

import { useEffect, useMemo, useRef } from 'react'
import uPlot from 'uplot'
import { usePreferences } from '../theme/preferences.ts'
import { type Columns, withGaps } from './gaps.ts'

export type Series = { readonly label: string; readonly color: `--${string}` }

type Props = {
  /** A quantity with its unit: "CPU, % of all cores". */
  readonly title: string
  /** The same array on every render: a new one makes the chart anew. */
  readonly series: readonly Series[]
  readonly data: Columns
  readonly nowMs: number
  readonly rangeMs: number
  /** Top of the axis; absent: as high as the data. Amounts always start at 0. */
  readonly max?: number
  readonly format: (value: number) => string
  /** Charts with the same name share their crosshair. */
  readonly sync: string
}

const HEIGHT = 140

/** One live chart. A time without samples is hatched, never zero and never bridged. */
export function LiveChart({ title, series, data, nowMs, rangeMs, max, format, sync }: Props) {
  const home = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot | null>(null)
  const { theme, zone } = usePreferences()
  const gapped = useMemo(() => withGaps(data, nowMs), [data, nowMs])
  const formatRef = useRef(format)
  formatRef.current = format

  // Made anew only when its form changes; data flows in below.
  useEffect(() => {
    // Named so that a new theme makes it anew, with other colours.
    void theme
    const element = home.current
    if (!element) return
    const style = getComputedStyle(document.documentElement)
    const color = (name: string) => style.getPropertyValue(name).trim()
    const axis = {
      stroke: color('--muted'),
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
      font: '11px sans-serif',
    }
    chart.current = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        cursor: { sync: { key: sync }, drag: { x: false, y: false } },
        legend: { show: false },
        tzDate: (seconds) =>
          zone === 'utc' ? uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC') : new Date(seconds * 1_000),
        scales: { x: { time: true }, y: { range: (_, _low, high) => [0, max ?? Math.max(high, 1)] } },
        axes: [
          { ...axis, size: 28, values: (_, ticks) => ticks.map((seconds) => clock(seconds, zone)) },
          { ...axis, size: 64, values: (_, ticks) => ticks.map((value) => formatRef.current(value)) },
        ],
        series: [
          {},
          ...series.map(({ label, color: name }) => ({
            label,
            stroke: color(name),
            width: 1.5,
            spanGaps: false,
            points: { show: false },
          })),
        ],
        hooks: { drawClear: [(plot) => hatchGaps(plot, color('--line'))] },
      },
      [[], ...series.map(() => [])],
      element,
    )
    const observer = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height: HEIGHT }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      chart.current?.destroy()
      chart.current = null
    }
  }, [series, theme, zone, max, sync])

  useEffect(() => {
    const plot = chart.current
    if (!plot) return
    plot.setData([gapped.atMs.map((ms) => ms / 1_000), ...gapped.values], false)
    plot.setScale('x', { min: (nowMs - rangeMs) / 1_000, max: nowMs / 1_000 })
  })

  const summary = series
    .map((each, index) => `${each.label}: ${summarise(data.values[index] ?? [], format)}`)
    .join('. ')
  return (
    <figure className="min-w-0 px-3 py-2">
      <figcaption className="flex flex-wrap items-baseline gap-x-3">
        <span className="font-medium">{title}</span>
        {series.map((each, index) => (
          <span key={each.label} className="text-compact text-muted">
            <span aria-hidden style={{ color: `var(${each.color})` }}>
              ▬
            </span>{' '}
            {series.length > 1 ? `${each.label} ` : ''}
            {last(data.values[index] ?? [], format)}
          </span>
        ))}
      </figcaption>
      <div ref={home} role="img" aria-label={`${title}. ${summary}`} className="mt-1 h-35 w-full" />
      <details className="text-compact text-muted">
        <summary className="min-h-6">Show as table</summary>
        <ChartTable series={series} data={data} format={format} />
      </details>
    </figure>
  )
}

const TABLE_ROWS = 30

function ChartTable({ series, data, format }: Pick<Props, 'series' | 'data' | 'format'>) {
  const from = Math.max(0, data.atMs.length - TABLE_ROWS)
  const { zone } = usePreferences()
  return (
    <table className="w-full text-left">
      <thead>
        <tr>
          <th scope="col">Time</th>
          {series.map((each) => (
            <th key={each.label} scope="col">
              {each.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {data.atMs.slice(from).map((atMs, index) => (
          <tr key={atMs}>
            <td>{clock(atMs / 1_000, zone)}</td>
            {series.map((each, column) => {
              const value = data.values[column]?.[from + index]
              return <td key={each.label}>{value == null ? 'not measured' : format(value)}</td>
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function clock(seconds: number, zone: 'local' | 'utc'): string {
  return new Date(seconds * 1_000).toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    ...(zone === 'utc' ? { timeZone: 'UTC' } : {}),
  })
}

function last(values: readonly (number | null)[], format: (value: number) => string): string {
  const value = values.at(-1)
  return value == null ? 'not measured' : format(value)
}

function summarise(values: readonly (number | null)[], format: (value: number) => string): string {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return 'not measured'
  return `now ${last(values, format)}, highest ${format(Math.max(...known))}, lowest ${format(Math.min(...known))}`
}

/** Diagonal lines over every stretch without samples. */
function hatchGaps(plot: uPlot, color: string): void {
  const times = plot.data[0] ?? []
  const values = plot.data[1]
  if (!values) return
  const { ctx, bbox } = plot
  ctx.save()
  ctx.beginPath()
  for (let at = 1; at < times.length; at++) {
    if (values[at] !== null || values[at - 1] !== null) continue
    const from = Math.max(bbox.left, plot.valToPos(times[at - 1] ?? 0, 'x', true))
    const to = Math.min(bbox.left + bbox.width, plot.valToPos(times[at] ?? 0, 'x', true))
    if (to > from) ctx.rect(from, bbox.top, to - from, bbox.height)
  }
  ctx.clip()
  ctx.strokeStyle = color
  ctx.lineWidth = 1
  ctx.beginPath()
  for (let x = bbox.left - bbox.height; x < bbox.left + bbox.width; x += 10) {
    ctx.moveTo(x, bbox.top + bbox.height)
    ctx.lineTo(x + bbox.height, bbox.top)
  }
  ctx.stroke()
  ctx.restore()
}
