'use client'

import { parseFilter, splitWords } from '@quarterdeck/domain'
import { X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useKeys } from '../keyboard/keys.ts'
import { cx } from './class-names.ts'

const SUGGESTIONS_MAX = 8
const URL_DELAY_MS = 250

export type FilterField = { readonly name: string; readonly values: () => readonly string[] }

type Props = {
  readonly label: string
  readonly placeholder: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly problems: readonly string[]
  readonly fields: readonly FilterField[]
}

/** One text field for a filter: tokens with typeahead, chips that mirror the text, and what is wrong with it beneath. */
export function FilterBar({ label, placeholder, value, onChange, problems, fields }: Props) {
  const [text, setText] = useState(value)
  const [isOpen, setOpen] = useState(false)
  const [marked, setMarked] = useState(-1)
  const input = useRef<HTMLInputElement>(null)
  const listId = useId()
  const sent = useRef(value)
  useKeys([{ keys: '/', text: label, run: () => input.current?.focus() }])

  // The URL can change by itself (back, a link); what is being typed goes to it a moment later.
  useEffect(() => {
    if (value === sent.current) return
    sent.current = value
    setText(value)
  }, [value])
  useEffect(() => {
    if (text === sent.current) return
    const timer = setTimeout(() => {
      sent.current = text
      onChange(text)
    }, URL_DELAY_MS)
    return () => clearTimeout(timer)
  }, [text, onChange])

  const suggestions = isOpen ? suggest(text, fields) : []
  const change = (next: string) => {
    setText(next)
    setMarked(-1)
    setOpen(true)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setOpen(true)
      const step = event.key === 'ArrowDown' ? 1 : -1
      setMarked((at) => (suggestions.length === 0 ? -1 : (at + step + suggestions.length) % suggestions.length))
    } else if ((event.key === 'Enter' || event.key === 'Tab') && suggestions[marked] !== undefined) {
      event.preventDefault()
      change(suggestions[marked])
    } else if (event.key === 'Escape') {
      if (isOpen) setOpen(false)
      else input.current?.blur()
    }
  }

  const chips = parseFilter(text).terms
  return (
    <div className="relative min-w-60 flex-1">
      <div className="flex items-center">
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-label={label}
          aria-expanded={suggestions.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={marked >= 0 ? `${listId}-${marked}` : undefined}
          aria-invalid={problems.length > 0 || undefined}
          spellCheck={false}
          autoComplete="off"
          placeholder={placeholder}
          value={text}
          onChange={(event) => change(event.target.value)}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
          className={cx(
            'min-h-8 w-full rounded-control border bg-bg px-2 pr-8 font-mono text-compact placeholder:font-sans placeholder:text-muted pointer-coarse:min-h-11',
            problems.length > 0 ? 'border-bad' : 'border-control',
          )}
        />
        {text && (
          <button
            type="button"
            aria-label="Clear filter"
            onClick={() => change('')}
            className="absolute right-1 grid size-6 place-items-center text-muted hover:text-text"
          >
            <X aria-hidden size={14} />
          </button>
        )}
      </div>
      <div
        id={listId}
        role="listbox"
        aria-label="Suggestions"
        hidden={suggestions.length === 0}
        className="absolute z-20 mt-1 max-h-64 w-full overflow-y-auto rounded-card border border-line bg-bg p-1 shadow-lg"
      >
        {suggestions.map((suggestion, index) => (
          <div
            key={suggestion}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === marked}
            tabIndex={-1}
            onPointerDown={(event) => {
              event.preventDefault()
              change(suggestion)
            }}
            className={cx(
              'cursor-default truncate rounded-control px-2 py-1 font-mono text-compact',
              index === marked && 'bg-selected',
            )}
          >
            {splitWords(suggestion).at(-1)}
          </div>
        ))}
      </div>
      {chips.length > 1 && (
        <div className="mt-1 flex flex-wrap gap-1">
          {chips.map((chip) => (
            <button
              key={chip.text}
              type="button"
              aria-label={`Remove ${chip.text}`}
              onClick={() =>
                change(
                  splitWords(text)
                    .filter((word) => word !== chip.text)
                    .join(' '),
                )
              }
              className="inline-flex min-h-6 items-center gap-1 rounded-control bg-raised px-1.5 font-mono text-micro hover:text-bad"
            >
              {chip.text}
              <X aria-hidden size={10} />
            </button>
          ))}
        </div>
      )}
      {problems.map((problem) => (
        <p key={problem} role="alert" className="mt-1 text-compact text-bad">
          {problem}
        </p>
      ))}
    </div>
  )
}

/** Whole new texts for the word that is being typed: fields first, then the values of a field. */
function suggest(text: string, fields: readonly FilterField[]): string[] {
  const words = splitWords(text)
  const isNewWord = text === '' || /\s$/.test(text)
  const word = isNewWord ? '' : (words.pop() ?? '')
  const head = words.length > 0 ? `${words.join(' ')} ` : ''
  const [, sign = '', name = '', hasColon, partial = ''] = /^(-?)([a-z.]*)(:)?(.*)$/i.exec(word) ?? []
  const field = fields.find((each) => each.name === name)
  if (hasColon && field) {
    const done = partial.slice(0, partial.lastIndexOf(',') + 1)
    const wanted = partial.slice(done.length).toLowerCase()
    return field
      .values()
      .filter((value) => value.toLowerCase().startsWith(wanted) && value !== wanted)
      .slice(0, SUGGESTIONS_MAX)
      .map((value) => `${head}${sign}${name}:${done}${/\s/.test(value) ? `"${value}"` : value}`)
  }
  if (hasColon) return []
  return fields
    .filter((each) => each.name.startsWith(name.toLowerCase()))
    .slice(0, SUGGESTIONS_MAX)
    .map((each) => `${head}${sign}${each.name}:`)
}
