'use client'

import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react'
import { cx } from './class-names.ts'

type Props = {
  readonly title: ReactNode
  readonly onClose: () => void
  /** What ⌘Enter does; absent for acts that lose work (L2), which only a click on their button starts. */
  readonly onSubmit?: (() => void) | undefined
  readonly children: ReactNode
  readonly footer: ReactNode
  readonly width?: 'normal' | 'wide'
}

/**
 * The browser's own modal dialog: it keeps the focus inside, closes on Esc and makes the page behind it inert, without a style that
 * the page's content policy would refuse. The focus starts on the title, so that a key meant for the page starts nothing.
 */
export function Dialog({ title, onClose, onSubmit, children, footer, width = 'normal' }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const titleId = useId()

  useEffect(() => {
    const element = dialog.current
    const before = document.activeElement
    element?.showModal()
    heading.current?.focus()
    return () => {
      element?.close()
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])

  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey) && onSubmit) {
      event.preventDefault()
      onSubmit()
    }
  }

  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onKeyDown={onKeyDown}
      className={cx(
        'max-h-[92dvh] w-[calc(100vw-24px)] flex-col rounded-card border border-line bg-bg p-0 shadow-xl open:flex',
        width === 'wide' ? 'max-w-3xl' : 'max-w-lg',
      )}
    >
      <h2
        id={titleId}
        ref={heading}
        tabIndex={-1}
        className="border-b border-line px-4 py-3 text-section font-semibold outline-none"
      >
        {title}
      </h2>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3">{children}</div>
      <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line bg-surface px-4 py-3">
        {footer}
      </footer>
    </dialog>
  )
}
