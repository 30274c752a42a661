import { type Kind, kinds } from '@quarterdeck/domain'
import { type AnyStored, parseObject } from '../cache/parse-object.ts'
import { type FeedEntry, type Store, StoreAway, type StoredText } from '../contract.ts'
import { beginsHistory } from '../history-jump.ts'
import { parseSnapshot } from './snapshot-text.ts'

export type PastState =
  | {
      readonly status: 'rebuilt'
      /** Last commit at or before the revision that was asked. */
      readonly revision: number
      readonly objects: ReadonlyMap<Kind, ReadonlyMap<string, AnyStored>>
    }
  /** Beyond what is kept; the oldest revision that can be rebuilt. */
  | { readonly status: 'gone'; readonly oldestRevision: number }
  | { readonly status: 'future'; readonly headRevision: number }

const PAGE_ENTRIES = 500

/** All objects, cold kinds excepted, as they were right after the commit `revision`: newest snapshot before it, and the feed from there. */
export async function stateAt(store: Store, revision: number): Promise<PastState> {
  const head = await store.head()
  if (revision > head.revision) return { status: 'future', headRevision: head.revision }

  const snapshots = await store.listSnapshots()
  const base = snapshots.filter((taken) => taken <= revision).at(-1) ?? 0
  const texts = new Map<string, StoredText>()
  if (base > 0) for (const object of await readSnapshot(store, base)) texts.set(`${object.kind}:${object.id}`, object)

  let at = base
  while (at < revision) {
    const page = await store.readFeed(at, PAGE_ENTRIES, 0)
    if (page.status === 'history') throw new StoreAway('a new history began, ask again')
    if (page.status === 'trimmed') {
      const { firstRevision } = page
      const oldest = snapshots.find((taken) => taken >= firstRevision - 1)
      return { status: 'gone', oldestRevision: oldest ?? head.revision }
    }
    const wanted = page.entries.filter((entry) => entry.revision <= revision)
    for (const entry of wanted) {
      if (entry.revision !== at + 1 && !beginsHistory(entry))
        throw new Error(`the feed has a gap before ${entry.revision}`)
      applyEntry(texts, entry)
      at = entry.revision
    }
    if (wanted.length < PAGE_ENTRIES) break
  }
  return { status: 'rebuilt', revision: at, objects: parseAll(texts.values()) }
}

async function readSnapshot(store: Store, revision: number): Promise<readonly StoredText[]> {
  const text = await store.loadSnapshot(revision)
  if (text === null) throw new StoreAway('the snapshot was dropped meanwhile, ask again')
  return parseSnapshot(text)
}

function applyEntry(texts: Map<string, StoredText>, { revision, changes }: FeedEntry) {
  for (const change of changes) {
    const { kind, id } = change
    if (kinds[kind].cold) continue
    if (change.op === 'delete') texts.delete(`${kind}:${id}`)
    else if (change.text !== null) texts.set(`${kind}:${id}`, { kind, id, revision, text: change.text })
  }
}

/** What cannot be read is left out, as in the read cache. */
function parseAll(texts: Iterable<StoredText>) {
  const objects = new Map<Kind, Map<string, AnyStored>>()
  for (const text of texts) {
    const parsed = parseObject(text, 'full')
    if (!parsed.ok) continue
    const byId = objects.get(text.kind) ?? new Map<string, AnyStored>()
    objects.set(text.kind, byId.set(text.id, parsed.object))
  }
  return objects
}
