'use client'

import { memo, useState } from 'react'
import { cx } from '../ui/class-names.ts'
import { parseAnsi } from './ansi.ts'
import type { LogEntry } from './log-buffer.ts'

const CUT_AT = 4_096

type Props = {
  readonly entry: LogEntry
  readonly time: string
  readonly isWrapped: boolean
  readonly isMatch: boolean
  readonly isCurrent: boolean
}

export const LogLineView = memo(function LogLineView({ entry, time, isWrapped, isMatch, isCurrent }: Props) {
  const [isWhole, setWhole] = useState(false)
  if (entry.stream === 'marker') return <div className="px-3 py-0.5 text-compact text-info italic">{entry.text}</div>
  const isCut = !isWhole && entry.text.length > CUT_AT
  return (
    <div className={cx('flex gap-3 px-3', isCurrent ? 'bg-selected' : isMatch && 'bg-tint')}>
      {time && <span className="shrink-0 text-muted select-none">{time}</span>}
      <span
        data-log-text
        className={cx(
          'min-w-0 flex-1',
          isWrapped ? 'break-all whitespace-pre-wrap' : 'whitespace-pre',
          entry.stream === 'stderr' && 'border-l-2 border-warn pl-2',
        )}
      >
        {parseAnsi(isCut ? entry.text.slice(0, CUT_AT) : entry.text).map((segment, index) => (
          <span key={index} className={segment.className || undefined}>
            {segment.text}
          </span>
        ))}
      </span>
      {entry.repeat > 1 && (
        <span className="shrink-0 self-start rounded-control bg-raised px-1.5 text-micro select-none">
          ×{entry.repeat}
        </span>
      )}
      {isCut && (
        <button type="button" className="shrink-0 text-info select-none" onClick={() => setWhole(true)}>
          Expand, {entry.text.length.toLocaleString('en-US')} characters
        </button>
      )}
    </div>
  )
})
