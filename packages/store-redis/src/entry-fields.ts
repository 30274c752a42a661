import type { CommitMeta, Kind } from '@quarterdeck/domain'
import type { FeedChange, FeedEntry } from '@quarterdeck/store'
import { z } from 'zod'

/** A stream entry as Redis gives it: id, then fields and values in turn. */
export const streamEntrySchema = z.tuple([z.string(), z.array(z.string())])
export type StreamEntry = z.infer<typeof streamEntrySchema>

/** Reads an entry that commit.lua or hello.lua wrote. Not checked further: nobody else writes to the stream, and this is the hot path. */
export function parseFeedEntry([streamId, fields]: StreamEntry): FeedEntry {
  const changes: FeedChange[] = []
  for (let at = 2; at < fields.length; at += 2) changes.push(parseChange(fields[at] ?? '', fields[at + 1] ?? ''))
  return { revision: Number.parseInt(streamId, 10), meta: parseMeta(fields[1] ?? ''), changes }
}

export function parseMeta(text: string): CommitMeta {
  return JSON.parse(text) as CommitMeta
}

/** `<op>:<kind>:<id>`; an id may hold colons. */
function parseChange(field: string, text: string): FeedChange {
  const kindEnd = field.indexOf(':', 2)
  const kind = field.slice(2, kindEnd) as Kind
  const id = field.slice(kindEnd + 1)
  if (field.startsWith('d')) return { op: 'delete', kind, id }
  return { op: 'put', kind, id, text: field.startsWith('c') ? null : text }
}
