'use client'

import type { NodeId } from '@quarterdeck/domain'
import { useEffect, useId, useState } from 'react'
import { store } from '../live/page.ts'
import { useVersion } from '../live/use-live.ts'

/** As many as a person scrolls through; typing narrows the list. */
const SUGGESTED_MAX = 50

/** "Why not on …?": names a node by typing or choosing. Answers only for a node that is there. */
export function NodePicker({
  label,
  nodeId,
  onPick,
}: {
  readonly label: string
  readonly nodeId: NodeId | null
  readonly onPick: (nodeId: NodeId | null) => void
}) {
  useVersion('nodes')
  const id = useId()
  const [typed, setTyped] = useState<string>(nodeId ?? '')
  const wanted = typed.trim()
  const suggested = [...store.nodes.keys()].filter((each) => each.includes(wanted)).slice(0, SUGGESTED_MAX)
  // What was typed before the nodes arrived names one when they have.
  const picked = store.nodes.get(wanted)?.id ?? null
  useEffect(() => {
    if (picked !== nodeId) onPick(picked)
  }, [picked, nodeId, onPick])
  const isUnknown = wanted !== '' && suggested.length === 0
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-compact text-muted">
        {label}
      </label>
      <input
        id={id}
        list={`${id}-nodes`}
        value={typed}
        placeholder="name of a node"
        autoComplete="off"
        aria-invalid={isUnknown ? true : undefined}
        className="min-h-8 w-full rounded-control border border-control bg-bg px-2 text-text placeholder:text-muted pointer-coarse:min-h-11"
        onChange={(event) => setTyped(event.target.value)}
      />
      <datalist id={`${id}-nodes`}>
        {suggested.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      {isUnknown && <p className="text-compact text-bad">No node is named like that.</p>}
    </div>
  )
}
