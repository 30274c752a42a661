import type { Mutant } from './mutant.ts'

const commit = 'packages/store/src/memory/commit.ts'
const lease = 'packages/store/src/memory/lease.ts'
const agentFence = 'packages/agent/src/runner/fence.ts'

/** Who may decide. */
export const leaseMutants: readonly Mutant[] = [
  {
    name: 'no-fence',
    wrong: 'The store writes what a deposed leader sends',
    edits: [{ file: commit, find: 'if (fence) {', replace: 'if (fence && fence.epoch < 0) {' }],
  },
  {
    name: 'epoch-without-nonce',
    wrong:
      'Epochs are a counter, and the fence compares nothing else: a failover that loses the lease gives one out twice',
    edits: [
      {
        file: lease,
        find: 'const epoch = Math.max((state.lease?.epoch ?? 0) + 1, request.epochFloor + 1, nowMs)',
        replace: 'const epoch = (state.lease?.epoch ?? 0) + 1',
      },
      {
        file: lease,
        find: 'Math.max(fence.epoch + 1, nowMs)',
        replace: 'fence.epoch + 1',
      },
      { file: commit, find: ' && lease.nonce === fence.nonce', replace: '' },
      { file: lease, find: 'lease.epoch === epoch && lease.nonce === nonce', replace: 'lease.epoch === epoch' },
      { file: agentFence, find: 'if (offered.nonce !== known.nonce) {', replace: 'if (offered.epoch < 0) {' },
    ],
  },
  {
    name: 'agent-obeys-old-epoch',
    wrong: 'An agent obeys a leader whose epoch is over',
    edits: [{ file: agentFence, find: 'if (offered.epoch < known.epoch) {', replace: 'if (offered.epoch < 0) {' }],
  },
  {
    name: 'no-leader-grace',
    wrong: 'A new leader judges nodes by what it did not hear before it led',
    edits: [
      {
        file: 'packages/control-plane/src/nodes/watch-nodes.ts',
        find: "    stepAll({ kind: 'grace' })\n  }\n\n  function end",
        replace: '  }\n\n  function end',
      },
    ],
  },
]
