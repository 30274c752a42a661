'use client'

import { Download } from 'lucide-react'
import { useRef } from 'react'
import { useKeys } from '../keyboard/keys.ts'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/class-names.ts'

export type TimeColumn = 'off' | 'local' | 'utc' | 'since'

type Props = {
  readonly isFollowing: boolean
  readonly newLines: number
  readonly isLive: boolean
  readonly onFollow: () => void
  readonly onStop: () => void
  readonly search: string
  readonly onSearch: (text: string) => void
  readonly searchProblem: string | null
  readonly matchText: string
  readonly onStep: (step: number) => void
  readonly streams: 'both' | 'stdout' | 'stderr'
  readonly onStreams: (streams: 'both' | 'stdout' | 'stderr') => void
  readonly timeColumn: TimeColumn
  readonly onTimeColumn: (column: TimeColumn) => void
  readonly isWrapped: boolean
  readonly onWrap: (isWrapped: boolean) => void
  readonly isReadAloud: boolean
  readonly onReadAloud: (isReadAloud: boolean) => void
  readonly onDownload: () => void
}

const small = 'min-h-7 rounded-control border border-control bg-bg px-1.5 text-compact pointer-coarse:min-h-11'

export function LogToolbar(props: Props) {
  const input = useRef<HTMLInputElement>(null)
  useKeys([{ keys: '/', text: 'Search in the log', run: () => input.current?.focus() }])
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line bg-bg px-2 py-1.5">
      <Button look="quiet" aria-pressed={props.isFollowing} onClick={props.isFollowing ? props.onStop : props.onFollow}>
        {props.isFollowing ? (
          <>
            Following{' '}
            <span aria-hidden className={props.isLive ? 'text-ready' : 'text-muted'}>
              ●
            </span>
          </>
        ) : (
          `Paused (${props.newLines.toLocaleString('en-US')} new)`
        )}
      </Button>
      <input
        ref={input}
        type="search"
        aria-label="Search in the log"
        placeholder="Search, or /pattern/"
        value={props.search}
        aria-invalid={props.searchProblem !== null || undefined}
        title={props.searchProblem ?? undefined}
        onChange={(event) => props.onSearch(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') props.onStep(event.shiftKey ? -1 : 1)
          if (event.key === 'Escape') input.current?.blur()
        }}
        className={cx(small, 'w-44')}
      />
      {props.matchText && <span className="text-compact text-muted">{props.matchText}</span>}
      <select
        aria-label="Streams"
        className={small}
        value={props.streams}
        onChange={(event) => props.onStreams(event.target.value as Props['streams'])}
      >
        <option value="both">stdout and stderr</option>
        <option value="stdout">stdout</option>
        <option value="stderr">stderr</option>
      </select>
      <select
        aria-label="Time column"
        className={small}
        value={props.timeColumn}
        onChange={(event) => props.onTimeColumn(event.target.value as TimeColumn)}
      >
        <option value="off">no time</option>
        <option value="local">local time</option>
        <option value="utc">UTC</option>
        <option value="since">since start</option>
      </select>
      <label className="flex min-h-6 items-center gap-1.5 text-compact">
        <input
          type="checkbox"
          className="accent-info"
          checked={props.isWrapped}
          onChange={(event) => props.onWrap(event.target.checked)}
        />
        Wrap
      </label>
      <label className="flex min-h-6 items-center gap-1.5 text-compact">
        <input
          type="checkbox"
          className="accent-info"
          checked={props.isReadAloud}
          onChange={(event) => props.onReadAloud(event.target.checked)}
        />
        Read new lines
      </label>
      <span className="flex-1" />
      <Button look="quiet" onClick={props.onDownload}>
        <Download aria-hidden size={14} />
        Download
      </Button>
    </div>
  )
}
