'use client'

import { formatShare } from '../format/amount.ts'
import { cx } from './class-names.ts'

/** A share as a bar and as a number. Written to the style by script, which the page's content policy allows. */
export function ShareBar({
  share,
  label,
  isLastKnown = false,
}: {
  readonly share: number | null
  readonly label: string
  readonly isLastKnown?: boolean
}) {
  if (share === null) return <span className="text-muted">–</span>
  if (isLastKnown) return <span className="text-muted">– last {formatShare(share)}</span>
  return (
    <span className="flex items-center gap-2">
      <span aria-hidden className="h-2 min-w-8 flex-1 overflow-hidden rounded-sm bg-raised">
        <span className="block h-full origin-left bg-load-3" style={{ transform: `scaleX(${Math.min(1, share)})` }} />
      </span>
      <span className="w-9 text-right" aria-label={`${label} ${formatShare(share)}`} role="img">
        {formatShare(share)}
      </span>
    </span>
  )
}

type Part = { readonly label: string; readonly count: number; readonly className: string }

/** Parts of a whole as one bar, with the same numbers in words beneath. */
export function PartsBar({ parts, label }: { readonly parts: readonly Part[]; readonly label: string }) {
  const total = parts.reduce((sum, part) => sum + part.count, 0)
  return (
    <div>
      <div
        role="img"
        aria-label={`${label}: ${parts.map((part) => `${part.count} ${part.label}`).join(', ')}`}
        className="flex h-3 overflow-hidden rounded-control bg-raised"
      >
        {parts.map((part) => (
          <span
            key={part.label}
            className={cx('h-full', part.className)}
            style={{ width: total === 0 ? 0 : `${(part.count / total) * 100}%` }}
          />
        ))}
      </div>
      <p className="mt-1 text-compact text-muted">
        {parts
          .filter((part) => part.count > 0)
          .map((part) => `${part.count} ${part.label}`)
          .join(' · ')}
      </p>
    </div>
  )
}
