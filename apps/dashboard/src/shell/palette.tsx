'use client'

import { Command } from 'cmdk'
import { useRouter } from 'next/navigation'
import { useEffect, useMemo, useRef, useState } from 'react'
import { allBindings } from '../keyboard/keys.ts'
import { store } from '../live/page.ts'
import { StatusGlyph, TaskGlyph } from '../ui/glyph.tsx'
import { statusTone, taskTone, toneText } from '../ui/tone.ts'
import { places } from './places.ts'

const RESULTS_PER_KIND = 12
const item =
  'flex min-h-8 cursor-default items-center gap-2 rounded-control px-2 data-[selected=true]:bg-selected pointer-coarse:min-h-11'

/** Pages, nodes, tasks and what the keys of this page do, from one field. Only the best few of each kind ever reach the list. */
export function Palette({ close }: { readonly close: () => void }) {
  const router = useRouter()
  const dialog = useRef<HTMLDialogElement>(null)
  const [text, setText] = useState('')
  // Read once: the verbs of the page beneath, not those of this dialog.
  const [verbs] = useState(allBindings)

  useEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])

  const wanted = text.trim().toLowerCase()
  const nodes = useMemo(() => firstMatches(store.nodes.values(), (node) => node.id, wanted), [wanted])
  const tasks = useMemo(() => firstMatches(store.tasks.values(), (task) => `${task.name} ${task.id}`, wanted), [wanted])
  const run = (act: () => void) => {
    close()
    act()
  }
  const matches = (name: string) => name.toLowerCase().includes(wanted)

  return (
    <dialog
      ref={dialog}
      aria-label="Search or run a command"
      onCancel={close}
      onClose={close}
      className="mt-[12dvh] w-[calc(100vw-24px)] max-w-xl rounded-card border border-line bg-bg p-0 shadow-xl"
    >
      <Command shouldFilter={false} label="Search or run a command" loop>
        <Command.Input
          value={text}
          onValueChange={setText}
          autoFocus
          placeholder="A page, a node, a task, or what to do"
          className="min-h-11 w-full border-b border-line bg-bg px-3 text-form outline-none"
        />
        <Command.List className="max-h-[50dvh] overflow-y-auto p-1">
          <Command.Empty className="px-3 py-4 text-muted">Nothing is called that.</Command.Empty>
          {places
            .filter((place) => matches(place.name))
            .map((place) => (
              <Command.Item
                key={place.href}
                value={`page ${place.name}`}
                className={item}
                onSelect={() => run(() => router.push(place.href))}
              >
                <place.icon aria-hidden size={14} />
                <span className="flex-1">{place.name}</span>
                <kbd className="font-mono text-compact text-muted">g {place.key}</kbd>
              </Command.Item>
            ))}
          {verbs
            .filter((verb) => !verb.keys.startsWith('g ') && matches(verb.text))
            .map((verb) => (
              <Command.Item key={verb.keys} value={`verb ${verb.keys}`} className={item} onSelect={() => run(verb.run)}>
                <span className="flex-1">{verb.text}</span>
                <kbd className="font-mono text-compact text-muted">{verb.keys.replace('Mod', 'Ctrl')}</kbd>
              </Command.Item>
            ))}
          {nodes.map((node) => (
            <Command.Item
              key={node.id}
              value={`node ${node.id}`}
              className={item}
              onSelect={() => run(() => router.push(`/node?id=${node.id}`))}
            >
              <span className={toneText[statusTone[node.status]]}>
                <StatusGlyph status={node.status} />
              </span>
              <span className="flex-1">{node.id}</span>
              <span className="text-compact text-muted">node · {node.status}</span>
            </Command.Item>
          ))}
          {tasks.map((task) => (
            <Command.Item
              key={task.id}
              value={`task ${task.id}`}
              className={item}
              onSelect={() => run(() => router.push(`/task?id=${task.id}`))}
            >
              <span className={toneText[taskTone[task.state]]}>
                <TaskGlyph state={task.state} />
              </span>
              <span className="min-w-0 flex-1 truncate">
                {task.name} <span className="text-muted">{task.id}</span>
              </span>
              <span className="text-compact text-muted">task · {task.state}</span>
            </Command.Item>
          ))}
        </Command.List>
      </Command>
    </dialog>
  )
}

/** Names that begin with the text come before names that only contain it. Nothing before something was typed. */
function firstMatches<Item>(items: Iterable<Item>, nameOf: (item: Item) => string, wanted: string): Item[] {
  if (wanted === '') return []
  const starts: Item[] = []
  const contains: Item[] = []
  for (const each of items) {
    const at = nameOf(each).toLowerCase().indexOf(wanted)
    if (at === 0) starts.push(each)
    else if (at > 0 && contains.length < RESULTS_PER_KIND) contains.push(each)
    if (starts.length === RESULTS_PER_KIND) break
  }
  return [...starts, ...contains].slice(0, RESULTS_PER_KIND)
}
