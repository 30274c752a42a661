'use client'

import {
  cloneElement,
  type FocusEvent,
  type PointerEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react'
import { Overlay } from './overlay.tsx'

const OPENS_AFTER_MS = 250
/** Long enough for the pointer to cross the gap between the trigger and the text. */
const CLOSES_AFTER_MS = 150

type TriggerProps = {
  readonly 'aria-describedby'?: string | undefined
  readonly onPointerEnter?: (event: PointerEvent<HTMLElement>) => void
  readonly onPointerLeave?: (event: PointerEvent<HTMLElement>) => void
  readonly onPointerDown?: (event: PointerEvent<HTMLElement>) => void
  readonly onFocus?: (event: FocusEvent<HTMLElement>) => void
  readonly onBlur?: (event: FocusEvent<HTMLElement>) => void
}

type Props = { readonly text: ReactNode; readonly children: ReactElement<TriggerProps> }

/** A text beside its trigger on hover and on focus; Esc closes it, and the pointer may move onto it. */
export function Tooltip({ text, children }: Props) {
  return text ? <Told text={text}>{children}</Told> : children
}

let closeOther: (() => void) | null = null

function Told({ text, children }: Props) {
  const id = useId()
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const isPressed = useRef(false)
  const given = children.props

  const later = (run: () => void, ms: number) => {
    if (timer.current) clearTimeout(timer.current)
    timer.current = setTimeout(run, ms)
  }
  const close = () => {
    if (timer.current) clearTimeout(timer.current)
    setAnchor(null)
  }
  const open = (element: HTMLElement) => {
    if (timer.current) clearTimeout(timer.current)
    if (closeOther !== close) closeOther?.()
    closeOther = close
    setAnchor(element)
  }
  const closeLater = () => later(close, CLOSES_AFTER_MS)
  useEffect(
    () => () => {
      if (timer.current) clearTimeout(timer.current)
    },
    [],
  )

  const trigger = cloneElement(children, {
    'aria-describedby': anchor ? id : given['aria-describedby'],
    onPointerEnter: (event) => {
      given.onPointerEnter?.(event)
      const element = event.currentTarget
      if (event.pointerType !== 'touch') later(() => open(element), anchor ? 0 : OPENS_AFTER_MS)
    },
    onPointerLeave: (event) => {
      given.onPointerLeave?.(event)
      isPressed.current = false
      closeLater()
    },
    onPointerDown: (event) => {
      given.onPointerDown?.(event)
      // The focus that a press brings is no wish to read.
      isPressed.current = true
      close()
    },
    onFocus: (event) => {
      given.onFocus?.(event)
      if (!isPressed.current) open(event.currentTarget)
    },
    onBlur: (event) => {
      given.onBlur?.(event)
      isPressed.current = false
      close()
    },
  } satisfies TriggerProps)

  return (
    <>
      {trigger}
      {anchor && (
        <Overlay
          id={id}
          role="tooltip"
          anchor={anchor}
          side="above"
          align="middle"
          gapPx={6}
          onClose={close}
          onPointerEnter={() => timer.current && clearTimeout(timer.current)}
          onPointerLeave={closeLater}
          className="max-w-80 rounded-control border border-line bg-raised px-2 py-1 text-compact shadow-md"
        >
          {text}
        </Overlay>
      )}
    </>
  )
}
