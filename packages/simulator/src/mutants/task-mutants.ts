import type { Mutant } from './mutant.ts'

const applyReport = 'packages/controllers/src/task/apply-report.ts'
const failover = 'packages/controllers/src/failover/reconcile-failover.ts'

/** Attempts, results and policies. */
export const taskMutants: readonly Mutant[] = [
  {
    name: 'attempt-reused',
    wrong: 'A new try gets the number of the one before',
    focus: ['power-cut', 'node-partition'],
    edits: [
      {
        file: 'packages/controllers/src/task/assign.ts',
        find: 'const attempt = task.attempt + 1',
        replace: 'const attempt = Math.max(1, task.attempt)',
      },
    ],
  },
  {
    name: 'result-of-any-attempt',
    wrong: 'The result of an attempt that was given up counts for the current one',
    focus: ['node-partition', 'agent-pause'],
    edits: [
      {
        file: applyReport,
        find: 'if (report.attempt !== task.attempt) return keepZombie(task, record, report)',
        replace: '',
      },
    ],
  },
  {
    name: 'result-applied-twice',
    wrong: 'A repeated report of an end is applied again',
    focus: ['duplicates', 'connection-reset'],
    edits: [
      {
        file: applyReport,
        find: "if (!lost && !isPlaced(task.state)) return isTerminal(task.state) ? keepZombie(task, record, report) : 'obsolete'",
        replace: '',
      },
    ],
  },
  {
    name: 'at-most-once-rerun',
    wrong: 'An at-most-once task of a lost node runs again elsewhere',
    focus: ['power-cut', 'node-partition', 'agent-pause'],
    edits: [
      {
        file: failover,
        find: "case 'at-most-once':\n",
        replace: "case 'at-most-once':\n      if (node) return giveUp(task, because, input)\n",
      },
    ],
  },
  {
    name: 'exclusive-too-early',
    wrong: 'An exclusive task begins elsewhere before its old node must have stopped it',
    focus: ['node-partition'],
    edits: [{ file: failover, find: 'nowMs >= exclusiveDeadAtMs(lost, spec, input.timings)', replace: 'lost' }],
  },
  {
    name: 'start-before-durable',
    wrong: 'A node hears of an at-most-once start that a failover of the store can still lose',
    focus: ['store-failover'],
    edits: [
      {
        file: 'packages/control-plane/src/dispatch/assignment.ts',
        find: "return spec.durable || stored.value.policy !== 'at-least-once'",
        replace: 'return stored.revision < 0 && spec.durable',
      },
    ],
  },
]
