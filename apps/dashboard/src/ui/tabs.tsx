'use client'

import type { KeyboardEvent } from 'react'
import { cx } from './class-names.ts'

type Props<Name extends string> = {
  readonly label: string
  readonly tabs: readonly { readonly name: Name; readonly text: string }[]
  readonly current: Name
  readonly onChange: (name: Name) => void
}

/** Tabs by the ARIA pattern: one tab stop, arrows move. The panel takes `tabPanelProps`. */
export function Tabs<Name extends string>({ label, tabs, current, onChange }: Props<Name>) {
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const at = tabs.findIndex((tab) => tab.name === current)
    const next = tabs[(at + step + tabs.length) % tabs.length]
    if (!next) return
    onChange(next.name)
    document.getElementById(`tab-${next.name}`)?.focus()
  }
  return (
    <div
      role="tablist"
      aria-label={label}
      onKeyDown={onKeyDown}
      tabIndex={-1}
      className="flex gap-1 overflow-x-auto border-b border-line px-4"
    >
      {tabs.map((tab) => (
        <button
          key={tab.name}
          id={`tab-${tab.name}`}
          type="button"
          role="tab"
          aria-selected={tab.name === current}
          aria-controls={`panel-${tab.name}`}
          tabIndex={tab.name === current ? 0 : -1}
          onClick={() => onChange(tab.name)}
          className={cx(
            '-mb-px min-h-9 whitespace-nowrap border-b-2 px-3 font-medium',
            tab.name === current ? 'border-info text-text' : 'border-transparent text-muted hover:text-text',
          )}
        >
          {tab.text}
        </button>
      ))}
    </div>
  )
}

export function tabPanelProps(name: string) {
  return { role: 'tabpanel', id: `panel-${name}`, 'aria-labelledby': `tab-${name}` } as const
}
