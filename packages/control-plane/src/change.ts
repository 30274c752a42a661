import type { CommitMeta, Kind, ObjectOf, Stored } from '@quarterdeck/domain'
import type { Change, Expect } from '@quarterdeck/store'

/** Writes `value`; its own id names it. `expect` = the revision it must have now, 0 for a new object. */
export function put<K extends Kind>(kind: K, value: ObjectOf<K>, expect: Expect): Put {
  return { op: 'put', kind, id: value.id, expect, text: JSON.stringify(value) }
}

/** Writes the next value of an object that was read from the cache. */
export function replace<K extends Kind>(stored: Stored<K>, value: ObjectOf<K>): Change {
  return { op: 'put', kind: stored.kind, id: stored.id, expect: stored.revision, text: JSON.stringify(value) }
}

export function erase(kind: Kind, id: string, expect: Expect): Change {
  return { op: 'delete', kind, id, expect }
}

type Put = Extract<Change, { op: 'put' }>

export type Draft = { readonly changes: readonly Change[]; readonly meta: CommitMeta }
