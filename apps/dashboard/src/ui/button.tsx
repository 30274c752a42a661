'use client'

import type { Refusal } from '@quarterdeck/domain'
import type { ComponentProps, MouseEvent } from 'react'
import { cx } from './class-names.ts'
import { Tooltip } from './tooltip.tsx'

const looks = {
  plain: 'border border-control bg-bg text-text hover:bg-raised',
  primary: 'border border-transparent bg-info text-on-primary hover:opacity-90',
  danger: 'border border-transparent bg-bad text-on-bad hover:opacity-90',
  quiet: 'border border-transparent text-text hover:bg-raised',
} as const

type Props = ComponentProps<'button'> & {
  readonly look?: keyof typeof looks
  /** The sentence that says why not. The button stays visible and focusable, and says it. */
  readonly refusal?: Refusal
}

export function Button({
  look = 'plain',
  refusal = null,
  className,
  onClick,
  type = 'button',
  children,
  ...rest
}: Props) {
  const isRefused = refusal !== null
  const click = (event: MouseEvent<HTMLButtonElement>) => {
    if (isRefused) event.preventDefault()
    else onClick?.(event)
  }
  return (
    <Tooltip text={refusal}>
      <button
        {...rest}
        type={type}
        aria-disabled={isRefused || undefined}
        onClick={click}
        className={cx(
          'inline-flex min-h-7 items-center justify-center gap-1.5 whitespace-nowrap rounded-control px-2.5 text-body font-medium pointer-coarse:min-h-11',
          looks[look],
          isRefused && 'border-line! bg-raised! text-muted! opacity-100!',
          className,
        )}
      >
        {children}
      </button>
    </Tooltip>
  )
}
