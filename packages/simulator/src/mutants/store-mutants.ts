import type { Mutant } from './mutant.ts'

const submit = 'packages/control-plane/src/tasks/submit.ts'

/** What is acknowledged, and what a write stands on. */
export const storeMutants: readonly Mutant[] = [
  {
    name: 'ack-before-commit',
    wrong: 'A submit is acknowledged before it is stored',
    focus: ['store-away', 'controller-crash'],
    edits: [
      {
        file: submit,
        find: '  return core.committer.commit(draft)',
        replace:
          "  core.committer.commit(draft).catch(() => undefined)\n  return Promise.resolve({ status: 'committed', revision: 0 } as CommitReply)",
      },
    ],
  },
  {
    name: 'idempotency-key-ignored',
    wrong: 'A repeated submit makes a second task',
    focus: ['lost-replies', 'slow-store', 'controller-crash'],
    edits: [
      {
        file: submit,
        find: "key ? [put('idempotency', { ...key, taskId: task.id }, 0)] : []",
        replace: "key?.id === '' ? [put('idempotency', { ...key, taskId: task.id }, 0)] : []",
      },
    ],
  },
  {
    name: 'expected-revision-ignored',
    wrong: 'A write that stood on an older state overwrites a newer one',
    focus: ['lost-replies', 'slow-store', 'controller-pause'],
    edits: [
      {
        file: 'packages/store/src/memory/commit.ts',
        find: "if (expect === 'any') continue",
        replace: "if (expect === 'any' || expect > 0) continue",
      },
    ],
  },
  {
    name: 'durable-in-another-history',
    wrong: 'After a failover the store calls durable what only the old primary had (once real)',
    focus: ['store-failover'],
    edits: [
      {
        file: 'packages/store/src/memory/open-memory-store.ts',
        find: 'if (historyId !== server.state.historyId) throw',
        replace: "if (historyId === '') throw",
      },
    ],
  },
]
