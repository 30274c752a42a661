import { type Kind, kindNames, kinds } from '@quarterdeck/domain'
import type { FeedChange, StoredText } from '../contract.ts'
import { type AnyStored, parseObject, type Scrutiny } from './parse-object.ts'

/** `before` is absent when there was none, `after` when it is gone. Neither is there for a cold kind: fetch it. */
export type ObjectChange = {
  [K in Kind]: {
    readonly op: 'put' | 'delete'
    readonly kind: K
    readonly id: string
    readonly before?: Extract<AnyStored, { kind: K }>
    readonly after?: Extract<AnyStored, { kind: K }>
  }
}[Kind]

/**
 * All objects of one history as of one revision, and what this process wrote beyond it.
 *
 * An own write is known the moment it is acknowledged, often before the feed has brought it and sometimes before the feed has brought
 * what came just before it. So each object keeps the newer of what it has and what arrives, and a deletion that ran ahead leaves a
 * tombstone until the feed has passed it.
 */
export type ObjectTable = {
  readonly historyId: string
  /** Every commit up to here is in the table. */
  revision: number
  readonly byKind: ReadonlyMap<Kind, Map<string, AnyStored>>
  /** Commits of ours that are in the table although the feed has not reached them. */
  readonly ahead: Set<number>
  readonly tombstones: Map<string, number>
  readonly onUnreadable: (object: StoredText, because: string) => void
}

type TableStart = Pick<ObjectTable, 'historyId' | 'revision' | 'onUnreadable'>

export function createObjectTable(start: TableStart): ObjectTable {
  const hot = kindNames.filter((kind) => !kinds[kind].cold)
  return { ...start, byKind: new Map(hot.map((kind) => [kind, new Map()])), ahead: new Set(), tombstones: new Map() }
}

/** Takes an object of a snapshot. */
export function loadObject(table: ObjectTable, object: StoredText): void {
  keep(table, object, 'full')
}

type Entry = { readonly revision: number; readonly changes: readonly FeedChange[] }

export type Followed =
  | { readonly status: 'applied'; readonly changes: readonly ObjectChange[] }
  /** It was in the table already. */
  | { readonly status: 'known' }
  /** An entry is missing between the table and this one. */
  | { readonly status: 'gap' }

/** The feed's next entry. */
export function followEntry(table: ObjectTable, entry: Entry): Followed {
  if (entry.revision <= table.revision) return { status: 'known' }
  if (entry.revision !== table.revision + 1) return { status: 'gap' }
  return take(table, entry)
}

/** A commit of ours that was just acknowledged. */
export function applyAhead(table: ObjectTable, entry: Entry): Followed {
  if (entry.revision <= table.revision || table.ahead.has(entry.revision)) return { status: 'known' }
  return take(table, entry)
}

/** Applies it, and moves the revision over everything that is now in the table without a gap. */
function take(table: ObjectTable, entry: Entry): Followed {
  const changes = applyChanges(table, entry)
  table.ahead.add(entry.revision)
  while (table.ahead.delete(table.revision + 1)) table.revision += 1
  if (table.ahead.size === 0) table.tombstones.clear()
  return { status: 'applied', changes }
}

/** Changes that something newer has overtaken are left out: nobody ever saw them. */
function applyChanges(table: ObjectTable, { revision, changes }: Entry): ObjectChange[] {
  const applied: ObjectChange[] = []
  for (const change of changes) {
    const { op, kind, id } = change
    const byId = table.byKind.get(kind)
    if (!byId) {
      applied.push({ op, kind, id } as ObjectChange)
      continue
    }
    const before = byId.get(id)
    if (isNewer(table, kind, id, revision)) continue
    if (change.op === 'put') {
      if (change.text !== null) keep(table, { kind, id, revision, text: change.text }, 'version')
    } else {
      byId.delete(id)
      table.tombstones.set(`${kind}:${id}`, revision)
    }
    const after = byId.get(id)
    applied.push({ op, kind, id, ...(before && { before }), ...(after && { after }) } as ObjectChange)
  }
  return applied
}

function isNewer(table: ObjectTable, kind: Kind, id: string, revision: number): boolean {
  const present = table.byKind.get(kind)?.get(id)?.revision ?? 0
  const removed = table.tombstones.get(`${kind}:${id}`) ?? 0
  return present >= revision || removed >= revision
}

function keep(table: ObjectTable, object: StoredText, scrutiny: Scrutiny) {
  const parsed = parseObject(object, scrutiny)
  // Left out rather than fatal: one object of a later release must not take the whole cluster's view away.
  if (!parsed.ok) return table.onUnreadable(object, parsed.because)
  table.byKind.get(object.kind)?.set(object.id, parsed.object)
}
