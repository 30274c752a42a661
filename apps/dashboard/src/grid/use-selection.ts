'use client'

import { useCallback, useRef, useState } from 'react'

/** Selected ids. They survive filter, sort and reconnect, because they are ids and not places. */
export function useSelection(shown: readonly string[]) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const anchor = useRef<string | null>(null)
  const list = useRef(shown)
  list.current = shown

  const toggle = useCallback((id: string, isRange: boolean) => {
    const from = anchor.current === null ? -1 : list.current.indexOf(anchor.current)
    const to = list.current.indexOf(id)
    anchor.current = id
    setSelected((before) => {
      const next = new Set(before)
      if (isRange && from !== -1)
        for (const each of list.current.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(each)
      else if (!next.delete(id)) next.add(id)
      return next
    })
  }, [])

  const clear = useCallback(() => setSelected(new Set()), [])
  const selectAll = useCallback((ids: readonly string[]) => setSelected(new Set(ids)), [])
  return { selected, toggle, clear, selectAll }
}
