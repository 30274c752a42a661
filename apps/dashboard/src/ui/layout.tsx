import type { ReactNode } from 'react'
import { cx } from './class-names.ts'

/** Title of a page with its main action. One per page: it holds the h1. */
export function PageHeader({
  title,
  note,
  children,
}: {
  readonly title: ReactNode
  readonly note?: ReactNode
  readonly children?: ReactNode
}) {
  return (
    <header className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 pt-3 pb-2">
      <div className="min-w-0 flex-1 basis-full sm:basis-0">
        <h1 className="truncate text-page font-semibold">{title}</h1>
        {note && <p className="text-muted">{note}</p>}
      </div>
      {children && <div className="flex flex-wrap items-center gap-2">{children}</div>}
    </header>
  )
}

export function Card({
  title,
  action,
  children,
  className,
}: {
  readonly title?: ReactNode
  readonly action?: ReactNode
  readonly children: ReactNode
  readonly className?: string
}) {
  return (
    <section className={cx('min-w-0 rounded-card border border-line bg-bg', className)}>
      {title && (
        <header className="flex items-center justify-between gap-2 border-b border-line px-3 py-1.5">
          <h2 className="text-form font-semibold">{title}</h2>
          {action}
        </header>
      )}
      {children}
    </section>
  )
}

/** Name and value pairs. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1 px-3 py-2">{children}</dl>
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  )
}
