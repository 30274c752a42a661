'use client'

import { type ComponentProps, type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import { createPortal } from 'react-dom'
import { cx } from './class-names.ts'
import { type Align, placeBeside, type Side } from './place-beside.ts'

type Props = ComponentProps<'div'> & {
  readonly anchor: HTMLElement
  readonly side: Side
  readonly align: Align
  readonly gapPx: number
  /** Esc, and a press outside of it and of its anchor. */
  readonly onClose: () => void
}

/**
 * Something that floats beside its anchor, in the browser's own top layer, so that nothing covers it or cuts it off. Inside a dialog it
 * belongs to the dialog: everything outside of a modal one can be neither read nor clicked.
 */
export function Overlay({ anchor, side, align, gapPx, onClose, className, children, ...rest }: Props) {
  const floating = useRef<HTMLDivElement>(null)
  usePlace(floating, anchor, side, align, gapPx)
  useDismiss(floating, anchor, onClose)
  return createPortal(
    <div
      {...rest}
      ref={floating}
      popover="manual"
      className={cx('fixed inset-auto m-0 overflow-visible text-text', className)}
    >
      {children}
    </div>,
    anchor.closest('dialog') ?? document.body,
  )
}

function usePlace(
  floating: RefObject<HTMLElement | null>,
  anchor: HTMLElement,
  side: Side,
  align: Align,
  gapPx: number,
) {
  useLayoutEffect(() => {
    const element = floating.current
    if (!element) return
    const place = () => {
      const page = { width: document.documentElement.clientWidth, height: window.innerHeight }
      const { left, top } = placeBeside(anchor.getBoundingClientRect(), element.getBoundingClientRect(), page, {
        side,
        align,
        gapPx,
      })
      element.style.left = `${left}px`
      element.style.top = `${top}px`
    }
    element.showPopover()
    place()
    const resized = new ResizeObserver(place)
    resized.observe(element)
    window.addEventListener('scroll', place, { capture: true, passive: true })
    window.addEventListener('resize', place)
    return () => {
      resized.disconnect()
      window.removeEventListener('scroll', place, { capture: true })
      window.removeEventListener('resize', place)
    }
  }, [floating, anchor, side, align, gapPx])
}

function useDismiss(floating: RefObject<HTMLElement | null>, anchor: HTMLElement, onClose: () => void) {
  const close = useRef(onClose)
  close.current = onClose
  useEffect(() => {
    const onPress = ({ target }: PointerEvent) => {
      if (target instanceof Node && !floating.current?.contains(target) && !anchor.contains(target)) close.current()
    }
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      // Esc closes one thing at a time: the dialog below stays.
      event.preventDefault()
      event.stopPropagation()
      close.current()
    }
    document.addEventListener('pointerdown', onPress, true)
    document.addEventListener('keydown', onKeyDown, true)
    return () => {
      document.removeEventListener('pointerdown', onPress, true)
      document.removeEventListener('keydown', onKeyDown, true)
    }
  }, [floating, anchor])
}
