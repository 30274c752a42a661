import { type CommitMeta, type Kind, unixMsSchema } from '@quarterdeck/domain'
import type { Change, Commit, FeedPage, Store } from '@quarterdeck/store'
import { controllers, leaseOperation } from './lease-operation.ts'
import { fenceOf, type Operation, type Side } from './operation.ts'
import type { Picker } from './picker.ts'

const kinds: readonly Kind[] = ['task', 'node', 'task-result', 'user-session']
const ids = Array.from({ length: 12 }, (_, index) => `o${index}`)
const meta: CommitMeta = { atMs: unixMsSchema.parse(1), actor: 'test', events: [] }

/** What the picks may aim at, so that expected revisions are right as often as they are wrong. */
export type Present = {
  readonly revision: number
  revisionOf(kind: Kind, id: string): number
}

export function randomOperation(picker: Picker, present: Present): Operation {
  const roll = picker.number(100)
  if (roll < 60) return commitOperation(picker, present)
  if (roll < 80) return leaseOperation(picker)
  return readOrRetain(picker, present)
}

/** Everything that is stored, as both sides must show it. */
export async function dump({ store }: Side) {
  const objects = new Map<string, unknown>()
  for (const kind of kinds) {
    for (const { id, revision, text } of (await store.page(kind, null, 1_000)).objects) {
      objects.set(`${kind}:${id}`, { revision, text })
    }
  }
  const { revision } = await store.head()
  return {
    objects,
    revision,
    feed: await store.readFeedBack(Number.MAX_SAFE_INTEGER, 400),
    feedLength: await store.feedLength(),
    audit: await store.readAudit(null, 1_000),
    snapshots: await store.listSnapshots(),
  }
}

function commitOperation(picker: Picker, present: Present): Operation {
  const batch = Array.from({ length: 1 + picker.number(4) }, () => ({
    isOfAnotherHistory: picker.onceIn(40),
    fencedBy: picker.onceIn(4) ? picker.pick(controllers) : null,
    essential: picker.onceIn(5),
    meta: picker.onceIn(6) ? { ...meta, audit: { action: 'test', target: `t${picker.number(9)}` } } : meta,
    changes: randomChanges(picker, present),
  }))
  const run = async (side: Side) => {
    const commits = batch.map(({ isOfAnotherHistory, fencedBy, ...rest }): Commit => {
      const historyId = isOfAnotherHistory ? 'another' : side.historyId
      return { historyId, ...rest, ...(fencedBy && { fence: fenceOf(side, fencedBy) }) }
    })
    const replies = await side.store.commit(commits)
    // Epochs and history ids differ between the sides.
    return replies.map((reply) => (reply.status === 'fenced' || reply.status === 'history' ? reply.status : reply))
  }
  return { name: `commit ${JSON.stringify(batch)}`, run }
}

function randomChanges(picker: Picker, present: Present): Change[] {
  const changes = new Map<string, Change>()
  for (let count = picker.number(5); count > 0; count--) {
    const [kind, id] = [picker.pick(kinds), picker.pick(ids)]
    const revision = present.revisionOf(kind, id)
    const expect = picker.pick<Change['expect']>(['any', revision, revision, revision, revision + 1, 0])
    const text = JSON.stringify({ number: picker.number(1_000_000), text: 'é"\\ 𝄞'.repeat(picker.number(30)) })
    changes.set(
      `${kind}:${id}`,
      picker.onceIn(4) ? { op: 'delete', kind, id, expect } : { op: 'put', kind, id, expect, text },
    )
  }
  return [...changes.values()]
}

function readOrRetain(picker: Picker, { revision }: Present): Operation {
  const near = Math.max(0, revision - picker.number(60) + 3)
  const few = 1 + picker.number(8)
  const [kind, id] = [picker.pick(kinds), picker.pick(ids)]
  const operations: Record<string, (store: Store) => Promise<unknown>> = {
    readFeed: async (store) => withoutHistory(await store.readFeed(near, few, 0)),
    'readFeed and wait': async (store) => withoutHistory(await store.readFeed(near, few, 1)),
    readFeedBack: (store) => store.readFeedBack(near, few),
    readAudit: (store) => store.readAudit(`${near}-0`, few),
    get: (store) => store.get(kind, id),
    saveSnapshot: (store) => store.saveSnapshot(near, `snapshot of ${near}`),
    loadSnapshot: (store) => store.loadSnapshot(near),
    dropSnapshot: (store) => store.dropSnapshot(near),
    trimFeed: (store) => store.trimFeed(near - 40),
  }
  const name = picker.pick(Object.keys(operations))
  const run = operations[name]
  if (!run) throw new Error(`no operation ${name}`)
  return { name: `${name} ${near} ${few}`, run: ({ store }) => run(store) }
}

function withoutHistory(page: FeedPage) {
  return page.status === 'history' ? page.status : page
}
