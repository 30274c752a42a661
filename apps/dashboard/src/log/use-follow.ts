'use client'

import { type RefObject, useCallback, useEffect, useState } from 'react'

/**
 * Whether the log stays at its end. Any sign that somebody reads (wheel up, a scroll key, a selection, a touch on the scroll bar) ends it
 * at once; it comes back only when asked for.
 */
export function useFollow(scroller: RefObject<HTMLElement | null>, version: number) {
  const [isFollowing, setFollowing] = useState(true)

  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const stop = () => setFollowing(false)
    const onWheel = (event: WheelEvent) => event.deltaY < 0 && stop()
    const onKey = (event: KeyboardEvent) => {
      if (['PageUp', 'ArrowUp', 'Home'].includes(event.key)) stop()
      if (event.key === 'End') setFollowing(true)
    }
    const onPointer = (event: PointerEvent) => event.target === element && stop()
    const onSelect = () => {
      const selection = document.getSelection()
      if (selection && !selection.isCollapsed && element.contains(selection.anchorNode)) stop()
    }
    element.addEventListener('wheel', onWheel, { passive: true })
    element.addEventListener('touchmove', stop, { passive: true })
    element.addEventListener('keydown', onKey)
    element.addEventListener('pointerdown', onPointer)
    document.addEventListener('selectionchange', onSelect)
    return () => {
      element.removeEventListener('wheel', onWheel)
      element.removeEventListener('touchmove', stop)
      element.removeEventListener('keydown', onKey)
      element.removeEventListener('pointerdown', onPointer)
      document.removeEventListener('selectionchange', onSelect)
    }
  }, [scroller])

  useEffect(() => {
    // Named so that new lines start this effect again.
    void version
    const element = scroller.current
    if (isFollowing && element) element.scrollTop = element.scrollHeight
  }, [isFollowing, version, scroller])

  const follow = useCallback(() => setFollowing(true), [])
  const stop = useCallback(() => setFollowing(false), [])
  return { isFollowing, follow, stop }
}
