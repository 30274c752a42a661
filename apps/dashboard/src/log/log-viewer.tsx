'use client'

import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual'
import { type ClipboardEvent, useCallback, useMemo, useRef, useState } from 'react'
import { formatDuration } from '../format/duration.ts'
import { useKeys } from '../keyboard/keys.ts'
import { cx } from '../ui/class-names.ts'
import { stripAnsi } from './ansi.ts'
import { selectedText } from './copy-selection.ts'
import type { LogEntry } from './log-buffer.ts'
import { LogLineView } from './log-line.tsx'
import { LogToolbar, type TimeColumn } from './log-toolbar.tsx'
import { findMatches, readSearch } from './search.ts'
import { useFollow } from './use-follow.ts'
import type { LogFeed } from './use-log.ts'

type Props = {
  readonly feed: LogFeed
  readonly name: string
  readonly startedAtMs: number | null
  /** Said in place of lines when there are none, and after the last one when the attempt is over. */
  readonly emptyText: string
  readonly endText: string | null
}

const LINE_HEIGHT = 18
const OVERSCAN = 20

/** Live output of an attempt: a list of text, not a terminal. */
export function LogViewer({ feed, name, startedAtMs, emptyText, endText }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const [search, setSearch] = useState('')
  const [current, setCurrent] = useState(0)
  const [isWrapped, setWrapped] = useState(false)
  const [timeColumn, setTimeColumn] = useState<TimeColumn>('local')
  const [streams, setStreams] = useState<'both' | 'stdout' | 'stderr'>('both')
  const [isReadAloud, setReadAloud] = useState(false)
  const { isFollowing, follow, stop } = useFollow(scroller, feed.version)
  const seen = useRef(0)
  if (isFollowing) seen.current = feed.buffer.total

  const lines = useMemo(() => {
    // Named so that the memo is renewed with the buffer, which React cannot see into.
    void feed.version
    const all = feed.buffer.lines
    return streams === 'both' ? [...all] : all.filter((line) => line.stream === streams || line.stream === 'marker')
  }, [feed.buffer, feed.version, streams])
  const sought = useMemo(() => readSearch(search), [search])
  const matches = useMemo(() => findMatches(lines, sought), [lines, sought])
  const matching = useMemo(() => new Set(matches), [matches])

  // The row where a selection began stays in the page however far one scrolls, else the browser loses the selection.
  const rangeExtractor = useCallback((range: Range) => {
    const anchor = anchorIndex(scroller.current)
    const indexes = defaultRangeExtractor(range)
    return anchor === null || indexes.includes(anchor) ? indexes : [...indexes, anchor].sort((a, b) => a - b)
  }, [])
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: OVERSCAN,
    rangeExtractor,
  })

  const goToMatch = (step: number) => {
    if (matches.length === 0) return
    const next = (current + step + matches.length) % matches.length
    setCurrent(next)
    stop()
    virtualizer.scrollToIndex(matches[next] ?? 0, { align: 'center' })
  }
  useKeys([
    { keys: 'n', text: 'Next match in the log', run: () => goToMatch(1) },
    { keys: 'Shift+N', text: 'Previous match in the log', run: () => goToMatch(-1) },
  ])

  const onCopy = (event: ClipboardEvent) => {
    const selection = document.getSelection()
    const text = selection && selectedText(selection, lines)
    if (!text) return
    event.preventDefault()
    event.clipboardData.setData('text/plain', text)
  }

  return (
    <section aria-label="Log" className="flex min-h-0 flex-col overflow-hidden rounded-card border border-line">
      <LogToolbar
        isFollowing={isFollowing}
        newLines={feed.buffer.total - seen.current}
        isLive={feed.isOpen}
        onFollow={follow}
        onStop={stop}
        search={search}
        onSearch={(text) => {
          setSearch(text)
          setCurrent(0)
        }}
        searchProblem={sought?.problem ?? null}
        matchText={sought ? `${matches.length === 0 ? 0 : current + 1} of ${matches.length}` : ''}
        onStep={goToMatch}
        streams={streams}
        onStreams={setStreams}
        timeColumn={timeColumn}
        onTimeColumn={setTimeColumn}
        isWrapped={isWrapped}
        onWrap={setWrapped}
        isReadAloud={isReadAloud}
        onReadAloud={setReadAloud}
        onDownload={() => download(`${name}.log`, lines)}
      />
      {feed.buffer.dropped > 0 && (
        <p className="border-b border-line px-3 py-1 text-compact text-muted">
          The first {feed.buffer.dropped.toLocaleString('en-US')} lines are no longer on this page.
        </p>
      )}
      <div className="relative min-h-0">
        <div
          ref={scroller}
          role="log"
          aria-label={`Output of ${name}`}
          aria-live={isReadAloud ? 'polite' : 'off'}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be reachable by keyboard
          tabIndex={0}
          onCopy={onCopy}
          className="h-[max(320px,calc(100dvh-360px))] overflow-auto bg-surface font-mono text-compact leading-[18px]"
        >
          {lines.length === 0 && (
            <p className="p-3 font-sans text-body text-muted">
              {feed.problem ? `${feed.problem.message} Trying again.` : emptyText}
            </p>
          )}
          <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
            {virtualizer.getVirtualItems().map((item) => {
              const entry = lines[item.index]
              if (!entry) return null
              return (
                <div
                  key={item.key}
                  data-index={item.index}
                  ref={isWrapped ? virtualizer.measureElement : undefined}
                  className={cx('absolute top-0 left-0 min-w-full', isWrapped && 'w-full')}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <LogLineView
                    entry={entry}
                    time={timeOf(entry.atMs, timeColumn, startedAtMs)}
                    isWrapped={isWrapped}
                    isMatch={matching.has(item.index)}
                    isCurrent={matches[current] === item.index && search !== ''}
                  />
                </div>
              )
            })}
          </div>
          {endText && lines.length > 0 && (
            <p className="border-t border-line px-3 py-1.5 font-sans text-body text-muted">{endText}</p>
          )}
        </div>
        {!isFollowing && feed.buffer.total > seen.current && (
          <button
            type="button"
            onClick={follow}
            className="absolute bottom-3 left-1/2 min-h-8 -translate-x-1/2 rounded-full border border-line bg-raised px-3 font-medium shadow-md"
          >
            ↓ {(feed.buffer.total - seen.current).toLocaleString('en-US')} new lines
          </button>
        )}
      </div>
    </section>
  )
}

function anchorIndex(scroller: HTMLElement | null): number | null {
  const selection = document.getSelection()
  if (!scroller || !selection || selection.isCollapsed || !scroller.contains(selection.anchorNode)) return null
  const element = selection.anchorNode instanceof Element ? selection.anchorNode : selection.anchorNode?.parentElement
  const row = element?.closest<HTMLElement>('[data-index]')
  return row ? Number(row.dataset.index) : null
}

function timeOf(atMs: number, column: TimeColumn, startedAtMs: number | null): string {
  if (column === 'off') return ''
  if (column === 'since')
    return startedAtMs === null ? '' : `+${formatDuration(Math.max(0, atMs - startedAtMs))}`.padEnd(9)
  const options = { hour12: false, ...(column === 'utc' ? { timeZone: 'UTC' } : {}) }
  return `${new Date(atMs).toLocaleTimeString('en-GB', options)}.${String(Math.floor(atMs % 1_000)).padStart(3, '0')}`
}

function download(name: string, lines: readonly LogEntry[]): void {
  const text = lines.flatMap((line) => Array.from({ length: line.repeat }, () => stripAnsi(line.text))).join('\n')
  const url = URL.createObjectURL(new Blob([text, '\n'], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
