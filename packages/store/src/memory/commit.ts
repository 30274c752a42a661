import { limits } from '@quarterdeck/domain'
import { asFeedChange } from '../as-feed-change.ts'
import type { Change, Commit, CommitReply } from '../contract.ts'
import type { MemoryStoreState } from './state.ts'

/** Carries out one commit, or says why not and changes nothing. The same order of checks as commit.lua. */
export function applyCommit(state: MemoryStoreState, commit: Commit): CommitReply {
  if (commit.historyId !== state.historyId) return { status: 'history', historyId: state.historyId }

  const { fence } = commit
  if (fence) {
    const lease = state.lease
    const holds = lease?.holder && lease.epoch === fence.epoch && lease.nonce === fence.nonce
    if (!holds) return { status: 'fenced', epoch: lease?.epoch ?? 0 }
  }

  for (const { kind, id, expect } of [...(commit.checks ?? []), ...commit.changes]) {
    if (expect === 'any') continue
    const revision = state.objects.get(kind)?.get(id)?.revision ?? 0
    if (revision !== expect) return { status: 'conflict', kind, id, revision }
  }

  state.revision += 1
  for (const change of commit.changes) write(state, change)
  state.feed.push({ revision: state.revision, meta: commit.meta, changes: commit.changes.map(asFeedChange) })
  if (commit.meta.audit) {
    state.audit.push({ revision: state.revision, meta: commit.meta })
    if (state.audit.length > limits.auditEntriesKept) state.audit.shift()
  }
  return { status: 'committed', revision: state.revision }
}

function write(state: MemoryStoreState, change: Change) {
  const { kind, id } = change
  const byId = state.objects.get(kind) ?? new Map()
  state.objects.set(kind, byId)
  if (change.op === 'put') byId.set(id, { kind, id, revision: state.revision, text: change.text })
  else byId.delete(id)
}
