import type { ReactNode } from 'react'
import { ScrollArea } from '../ui/scroll-area.tsx'

/** A short table of settings; scrolls sideways on a phone. */
export function SimpleTable({
  label,
  titles,
  children,
}: {
  readonly label: string
  readonly titles: readonly string[]
  readonly children: ReactNode
}) {
  return (
    <ScrollArea label={label} className="rounded-card border border-line">
      <table aria-label={label} className="w-full min-w-140 text-left">
        <thead className="bg-surface text-compact text-muted">
          <tr>
            {titles.map((title) => (
              <th key={title} scope="col" className="px-3 py-1.5 font-medium">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="[&_td]:border-t [&_td]:border-line [&_td]:px-3 [&_td]:py-1">{children}</tbody>
      </table>
    </ScrollArea>
  )
}
