'use client'

import { type ReactNode, useEffect, useState } from 'react'
import type { Problem } from '../api/problem.ts'
import { Button } from './button.tsx'
import { cx } from './class-names.ts'

const SHOW_AFTER_MS = 150

/** The outline of the real layout, and only when loading takes long enough to be noticed. */
export function Skeleton({ rows = 6, className }: { readonly rows?: number; readonly className?: string }) {
  const [isShown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SHOW_AFTER_MS)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div role="status" aria-label="Loading" className={cx('flex flex-col gap-2 p-3', className)}>
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <div key={row} className={cx('h-5 rounded-control', isShown && 'bg-raised')} />
      ))}
    </div>
  )
}

/** Nothing to show, and why: `title` says what would be here, `children` how to get it. */
export function Empty({ title, children }: { readonly title: ReactNode; readonly children?: ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-2 px-3 py-5 text-muted">
      <p className="text-form text-text">{title}</p>
      {children}
    </div>
  )
}

/** What failed, what still works, and what to do. */
export function Failed({
  what,
  problem,
  onRetry,
}: {
  readonly what: string
  readonly problem: Problem
  readonly onRetry?: () => void
}) {
  return (
    <div role="alert" className="flex flex-col items-start gap-2 rounded-card border border-bad/40 px-4 py-3">
      <p className="text-form">
        <strong className="font-semibold">{what}</strong> {problem.message}
      </p>
      {problem.remedy && <p className="text-muted">{problem.remedy}</p>}
      <p className="text-compact text-muted">The rest of this page is current. ref {problem.code}</p>
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  )
}

/** A whole page that this person may not see. */
export function Denied({ what, roles }: { readonly what: string; readonly roles: string }) {
  return <Empty title={`You can't see ${what}. Roles that can: ${roles}.`} />
}

export function Warning({
  children,
  tone = 'warn',
}: {
  readonly children: ReactNode
  readonly tone?: 'warn' | 'bad' | 'info'
}) {
  const color = { warn: 'text-warn', bad: 'text-bad', info: 'text-info' }[tone]
  return (
    <p className="flex gap-2">
      <span aria-hidden className={color}>
        {tone === 'info' ? '●' : '▲'}
      </span>
      <span>{children}</span>
    </p>
  )
}
