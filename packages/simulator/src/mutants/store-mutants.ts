import type { Mutant } from './mutant.ts'

const submit = 'packages/control-plane/src/tasks/submit.ts'

/** What is acknowledged, and what a write stands on. */
export const storeMutants: readonly Mutant[] = [
  {
    name: 'ack-before-commit',
    wrong: 'A submit is acknowledged before it is stored',
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
    edits: [
      {
        file: 'packages/store/src/memory/commit.ts',
        find: "if (expect === 'any') continue",
        replace: "if (expect === 'any' || expect > 0) continue",
      },
    ],
  },
]
