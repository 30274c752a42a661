'use client'

import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { announce } from './announce.ts'
import { Button } from './button.tsx'

const CONFIRMED_MS = 1_500

/** Copies a text. Without a secure context the browser has no clipboard, so the old way by selection is the second try. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    const home = document.querySelector('dialog[open]') ?? document.body
    home.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}

export function CopyButton({
  text,
  label = 'Copy',
  look = 'quiet',
}: {
  readonly text: string
  readonly label?: string
  readonly look?: 'quiet' | 'plain'
}) {
  const [isDone, setDone] = useState(false)
  const copy = async () => {
    if (!(await copyText(text))) return
    setDone(true)
    announce('Copied.')
    setTimeout(() => setDone(false), CONFIRMED_MS)
  }
  return (
    <Button look={look} onClick={() => void copy()}>
      {isDone ? <Check aria-hidden size={14} /> : <Copy aria-hidden size={14} />}
      {isDone ? 'Copied' : label}
    </Button>
  )
}

/** A value to be copied whole: an id, a command, a token. */
export function CopyLine({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className="flex items-start gap-2 rounded-control border border-line bg-surface p-2">
      <code className="min-w-0 flex-1 self-center font-mono text-compact break-all select-all">{text}</code>
      <CopyButton text={text} label={label} look="plain" />
    </div>
  )
}
