import { type CommitMeta, unixMsSchema } from '@quarterdeck/domain'
import { afterEach, beforeEach, vi } from 'vitest'
import type { Change, Commit, CommitReply, Store } from '../contract.ts'

export type StoreUnderTest = {
  /** Two clients of one empty store. */
  readonly clients: readonly [Store, Store]
  /** As a restart or failover of the store; resolves when both clients can reach it again. */
  beginHistory(): Promise<void>
  close(): Promise<void>
}

export type OpenStore = () => Promise<StoreUnderTest>

/** A fresh store for each test of the enclosing block, greeted by both clients. */
export function useStore(open: OpenStore) {
  let opened: StoreUnderTest | undefined
  let historyId = ''
  beforeEach(async () => {
    opened = await open()
    for (const client of opened.clients) historyId = (await client.hello()).historyId
  })
  afterEach(async () => {
    await opened?.close()
    opened = undefined
  })
  const current = () => {
    if (!opened) throw new Error('no store is open')
    return opened
  }
  const test = {
    get store() {
      return current().clients[0]
    },
    get other() {
      return current().clients[1]
    },
    get historyId() {
      return historyId
    },
    beginHistory: () => current().beginHistory(),
    commit(parts: Partial<Commit>): Commit {
      return { historyId, changes: [], meta, ...parts }
    },
    /** Commits by one client alone. */
    async write(...changes: readonly Change[]): Promise<CommitReply | undefined> {
      const [reply] = await test.store.commit([test.commit({ changes })])
      return reply
    },
  }
  return test
}

export const meta: CommitMeta = { atMs: unixMsSchema.parse(1_700_000_000_000), actor: 'user:ana', events: [] }

export function put(id: string, expect: Change['expect'], text = `{"text of":"${id}"}`): Change {
  return { op: 'put', kind: 'task', id, expect, text }
}

export function remove(id: string, expect: Change['expect']): Change {
  return { op: 'delete', kind: 'task', id, expect }
}

/** Tries until it holds. Only for what another process does by itself; a wait in vain ends as a failed test. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  await vi.waitUntil(holds, { interval: 10, timeout: 60_000 })
}
