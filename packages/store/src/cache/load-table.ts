import { kindNames, kinds } from '@quarterdeck/domain'
import { type Store, StoreAway, type StoredText } from '../contract.ts'
import { createObjectTable, followEntry, loadObject, type ObjectTable } from './object-table.ts'

type LoadOptions = {
  readonly store: Store
  /** Whether there was a cluster in the store before: then an empty one is not believed. */
  readonly remembersCluster: boolean
  readonly onUnreadable: (object: StoredText, because: string) => void
  /** Told of the table while it fills, so that own writes reach it too. */
  readonly onBegin: (table: ObjectTable) => void
}

const PAGE_OBJECTS = 1_000
const PAGE_ENTRIES = 500

/**
 * A complete table, by way of a snapshot that is blurred on purpose: the revision is noted first, then every kind is paged while
 * others write, then the feed from that revision is applied, keeping whichever of two versions is newer. That ends at a state which
 * the store really had, without ever holding it still.
 *
 * Rejects with `StoreAway` when the ground moved meanwhile (trimmed, new history): begin again.
 */
export async function loadTable({ store, remembersCluster, onUnreadable, onBegin }: LoadOptions): Promise<ObjectTable> {
  const { historyId, revision, empty } = await store.hello()
  // To believe it would mean to stop every task. As long as nothing is loaded, commits of the old history are refused, so nothing is
  // written into the empty store either.
  if (empty && remembersCluster) {
    throw new StoreAway(
      'the store is empty, but there was a cluster in it: restore a backup, or stop all controllers to begin anew',
    )
  }
  const table = createObjectTable({ historyId, revision, onUnreadable })
  onBegin(table)

  for (const kind of kindNames) {
    if (kinds[kind].cold) continue
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<Store['page']>> = await store.page(kind, cursor, PAGE_OBJECTS)
      for (const object of page.objects) loadObject(table, object)
      cursor = page.next
    } while (cursor !== null)
  }

  const head = await store.head()
  if (head.historyId !== historyId) throw new StoreAway('a new history began during the snapshot')
  while (table.revision < head.revision) await catchUp(store, table)
  return table
}

async function catchUp(store: Store, table: ObjectTable) {
  const page = await store.readFeed(table.revision, PAGE_ENTRIES, 0)
  if (page.status !== 'entries' || page.entries.length === 0)
    throw new StoreAway('the feed moved on during the snapshot')
  for (const entry of page.entries) {
    if (followEntry(table, entry).status === 'gap') throw new StoreAway('the feed has a gap')
  }
}
