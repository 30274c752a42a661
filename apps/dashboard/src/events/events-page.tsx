'use client'

import { parseAsArrayOf, parseAsString, useQueryState } from 'nuqs'
import { useEffect, useMemo, useState } from 'react'
import { commandLine } from '../format/command.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { TextField } from '../ui/field.tsx'
import { PageHeader } from '../ui/layout.tsx'
import { EventDensity } from './event-density.tsx'
import { EventList } from './event-list.tsx'

const kinds = ['node.', 'task.', 'leader.', 'controller.', 'operation.', 'user.', 'token.', 'store.'] as const
const SEARCH_DELAY_MS = 250

/** What happened, when, and by whom. */
export function EventsPage() {
  const [types, setTypes] = useQueryState(
    'types',
    parseAsArrayOf(parseAsString).withDefault([]).withOptions({ history: 'replace' }),
  )
  const [text, setText] = useQueryState('q', parseAsString.withDefault('').withOptions({ history: 'replace' }))
  const [typed, setTyped] = useState(text)
  const chosen = useMemo(() => [...types], [types])
  useEffect(() => {
    const timer = setTimeout(() => void setText(typed || null), SEARCH_DELAY_MS)
    return () => clearTimeout(timer)
  }, [typed, setText])
  const toggle = (type: string) =>
    void setTypes(types.includes(type) ? types.filter((each) => each !== type) : [...types, type])
  const clear = () => {
    setTyped('')
    void setTypes(null)
  }
  return (
    <>
      <PageHeader title="Events">
        <CopyButton
          text={commandLine([
            'events',
            ...types.flatMap((type) => ['--type', type]),
            ...(text ? ['--text', text] : []),
          ])}
          label="Copy as query"
        />
      </PageHeader>
      <div className="flex flex-wrap items-end gap-3 px-4 pb-2">
        <TextField
          label="Search"
          type="search"
          className="w-64"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <fieldset className="flex flex-wrap gap-1">
          <legend className="sr-only">Kinds of event</legend>
          {kinds.map((kind) => (
            <button
              key={kind}
              type="button"
              aria-pressed={types.includes(kind)}
              onClick={() => toggle(kind)}
              className="min-h-7 rounded-control border border-control px-2 text-compact aria-pressed:bg-selected aria-pressed:font-semibold pointer-coarse:min-h-11"
            >
              {kind.replace('.', '')}
            </button>
          ))}
        </fieldset>
      </div>
      <EventDensity />
      <EventList types={chosen} text={text} onClear={clear} />
    </>
  )
}
