'use client'

import type { Refusal } from '@quarterdeck/domain'
import { DropdownMenu } from 'radix-ui'
import type { ReactElement } from 'react'
import { cx } from './class-names.ts'

export type MenuItem = {
  readonly text: string
  readonly refusal?: Refusal
  readonly isDangerous?: boolean
  readonly onSelect: () => void
}

/** A menu of acts. One that is refused stays in it, reachable by keyboard, and says why. Not modal: a modal one adds styles that the page's content policy refuses. */
export function Menu({ trigger, items }: { readonly trigger: ReactElement; readonly items: readonly MenuItem[] }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          className="z-40 max-w-80 min-w-44 rounded-card border border-line bg-bg p-1 shadow-lg"
        >
          {items.map(({ text, refusal = null, isDangerous = false, onSelect }) => (
            <DropdownMenu.Item
              key={text}
              aria-disabled={refusal !== null || undefined}
              onSelect={(event) => {
                if (refusal === null) onSelect()
                else event.preventDefault()
              }}
              className={cx(
                'min-h-7 cursor-default rounded-control px-2 py-1 outline-none data-highlighted:bg-raised pointer-coarse:min-h-11',
                refusal !== null && 'text-muted',
                refusal === null && isDangerous && 'text-bad',
              )}
            >
              {text}
              {refusal !== null && <span className="block text-compact text-muted">{refusal}</span>}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
