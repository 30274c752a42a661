'use client'

import { useCallback, useRef, useState } from 'react'
import { decideOrder } from './order.ts'

/**
 * Applies `decideOrder` to a list. `question` is what the person asked for (filter, sort, group): a new one is answered at once,
 * whatever the pointer does.
 */
export function useStableOrder(wanted: readonly string[], question: string, exists: (id: string) => boolean) {
  const [isBusy, setBusy] = useState(false)
  const [, redraw] = useState(0)
  const held = useRef<{ question: string; shown: readonly string[] }>({ question, shown: [] })

  const isNew = held.current.question !== question
  const { shown, moves } = decideOrder({ shown: held.current.shown, wanted, isFrozen: isBusy && !isNew, exists })
  held.current = { question, shown }

  const apply = useCallback(() => {
    held.current = { question: held.current.question, shown: [] }
    redraw((count) => count + 1)
  }, [])

  return { shown, moves, apply, setBusy }
}
