import type { ReactNode } from 'react'
import { cx } from './class-names.ts'

/** What may be wider or longer than its place: scrolls by keyboard too, so it can be focused and has a name. */
export function ScrollArea({
  label,
  className,
  children,
}: {
  readonly label: string
  readonly className?: string
  readonly children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be reachable by keyboard
    <section tabIndex={0} aria-label={label} className={cx('overflow-auto', className)}>
      {children}
    </section>
  )
}
