import type { Mutant } from './mutant.ts'

const submit = 'packages/control-plane/src/tasks/submit.ts'

/** What a write stands on. */
export const storeMutants: readonly Mutant[] = [
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
]
