'use client'

import { compareText, type NodeRow } from '@quarterdeck/domain'
import { useRouter } from 'next/navigation'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { formatShare, plural } from '../format/amount.ts'
import { store } from '../live/page.ts'
import { useVersion } from '../live/use-live.ts'
import { usePreferences } from '../theme/preferences.ts'
import { statusWords } from '../ui/status.tsx'
import { cellAt, layOutMap } from './map-layout.ts'
import { groupOf } from './node-order.ts'
import { type Fill, paintMap } from './paint-map.ts'

const fills = ['status', 'cpu', 'memory', 'tasks'] as const
const fillWords: Record<Fill, string> = { status: 'Status', cpu: 'CPU', memory: 'Memory', tasks: 'Tasks' }
const FULL_HEIGHT = 560

/** Every node as a square, packed by group, on one canvas; the same groups as text for those who do not see it. */
export function NodeMap({
  nodes,
  group,
  maxHeight = FULL_HEIGHT,
}: {
  readonly nodes: readonly NodeRow[]
  readonly group: string
  readonly maxHeight?: number
}) {
  const router = useRouter()
  const [fill, setFill] = useQueryState(
    'fill',
    parseAsStringLiteral(fills).withDefault('status').withOptions({ history: 'replace' }),
  )
  const canvas = useRef<HTMLCanvasElement>(null)
  const [width, setWidth] = useState(0)
  const [focused, setFocused] = useState<number | null>(null)
  const { theme } = usePreferences()
  const loadVersion = useVersion('load')
  const listId = useId()

  const { ordered, groups } = useMemo(() => {
    const byGroup = [...Map.groupBy(nodes, (node) => groupOf(node, group))].sort(([a], [b]) => compareText(a, b))
    return {
      ordered: byGroup.flatMap(([, members]) => members),
      groups: byGroup.map(([name, members]) => ({ name, count: members.length, members })),
    }
  }, [nodes, group])
  const layout = useMemo(() => layOutMap(groups, Math.max(200, width), maxHeight), [groups, width, maxHeight])

  useEffect(() => {
    const parent = canvas.current?.parentElement
    if (!parent) return
    const observer = new ResizeObserver(() => setWidth(parent.clientWidth))
    observer.observe(parent)
    return () => observer.disconnect()
  }, [])

  useEffect(() => {
    // Named so that a new theme and new loads paint again.
    void theme
    void loadVersion
    const element = canvas.current
    const context = element?.getContext('2d')
    if (!element || !context || width === 0) return
    const ratio = window.devicePixelRatio || 1
    element.width = width * ratio
    element.height = layout.height * ratio
    element.style.height = `${layout.height}px`
    context.scale(ratio, ratio)
    paintMap({ context, layout, nodes: ordered, fill, readLoad: (slot) => store.load.read(slot), focused })
  }, [layout, ordered, fill, width, theme, loadVersion, focused])

  const open = (index: number | null) => {
    const node = index === null ? undefined : ordered[index]
    if (node) router.push(`/node?id=${encodeURIComponent(node.id)}`)
  }
  const onPointer = (event: PointerEvent<HTMLCanvasElement>) =>
    setFocused(cellAt(layout, event.nativeEvent.offsetX, event.nativeEvent.offsetY)?.index ?? null)
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      setFocused((at) => Math.max(0, Math.min(ordered.length - 1, (at ?? -1) + step)))
    } else if (event.key === 'Enter') open(focused)
  }
  const shown = focused === null ? undefined : ordered[focused]

  return (
    <figure className="px-3 py-2">
      <figcaption className="mb-2 flex min-h-8 flex-wrap items-center gap-3 text-compact">
        <label className="flex items-center gap-1.5 text-muted">
          Fill
          <select
            value={fill}
            onChange={(event) => void setFill(event.target.value as Fill)}
            className="min-h-7 rounded-control border border-control bg-bg px-1.5 text-text"
          >
            {fills.map((each) => (
              <option key={each} value={each}>
                {fillWords[each]}
              </option>
            ))}
          </select>
        </label>
        <span className="min-w-0 truncate">
          {shown ? (
            <NodeWords node={shown} />
          ) : (
            <span className="text-muted">{plural(ordered.length, 'node')}. Point at one, or use the arrow keys.</span>
          )}
        </span>
      </figcaption>
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: the map is walked with arrow keys; the list below says the same */}
      <canvas
        ref={canvas}
        role="application"
        tabIndex={0}
        aria-label={`Map of ${plural(ordered.length, 'node')} by ${group}`}
        aria-describedby={listId}
        onPointerMove={onPointer}
        onPointerLeave={() => setFocused(null)}
        onClick={() => open(focused)}
        onKeyDown={onKeyDown}
        className="block w-full cursor-pointer"
      />
      <ul id={listId} className="sr-only">
        {groups.map(({ name, members }) => (
          <li key={name}>{groupWords(name, members)}</li>
        ))}
      </ul>
    </figure>
  )
}

function NodeWords({ node }: { readonly node: NodeRow }) {
  const load = store.load.read(node.slot)
  return (
    <>
      <strong className="font-semibold">{node.id}</strong> {statusWords[node.status]} · {node.tasksPlaced} tasks
      {load && ` · CPU ${formatShare(load.cpuShare)} · memory ${formatShare(load.memoryShare)}`}
    </>
  )
}

function groupWords(name: string, members: readonly NodeRow[]): string {
  const counts = [...Map.groupBy(members, (node) => node.status)].map(
    ([status, nodes]) => `${nodes.length} ${statusWords[status].toLowerCase()}`,
  )
  return `${name}: ${plural(members.length, 'node')}, ${counts.join(', ')}`
}
