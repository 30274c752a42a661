'use client'

import { useIntent } from './intents.ts'

/** The dotted mark beside an object while something asked of it is not confirmed. */
export function IntentNote({ of }: { readonly of: string }) {
  const intent = useIntent(of)
  if (!intent) return null
  return (
    <span className="rounded-control border border-dashed border-info px-1 text-micro whitespace-nowrap text-info">
      {intent.text}
    </span>
  )
}
