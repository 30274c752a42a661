import type { Mutant } from './mutant.ts'

const commit = 'packages/store/src/memory/commit.ts'
const lease = 'packages/store/src/memory/lease.ts'
const watch = 'packages/control-plane/src/nodes/watch-nodes.ts'
const agentFence = 'packages/agent/src/runner/fence.ts'

/** Who may decide. */
export const leaseMutants: readonly Mutant[] = [
  {
    name: 'no-fence',
    wrong: 'The store writes what a deposed leader sends',
    focus: ['store-clock-jump', 'controller-pause'],
    edits: [{ file: commit, find: 'if (fence) {', replace: 'if (fence && fence.epoch < 0) {' }],
  },
  {
    name: 'epoch-without-nonce',
    wrong:
      'Epochs are a counter, and the fence compares nothing else: a failover that loses the lease gives one out twice',
    focus: ['store-failover', 'controller-store-partition'],
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
    name: 'detector-trusts-itself',
    wrong: 'A leader judges nodes by what it did not hear while it did not lead, and nothing brakes it',
    focus: ['controller-pause', 'controller-store-partition', 'controller-crash'],
    edits: [
      { file: watch, find: "    stepAll({ kind: 'grace' })\n  }\n\n  function end", replace: '  }\n\n  function end' },
      { file: watch, find: '    isWatching = true\n    members.clear()\n', replace: '    isWatching = true\n' },
      { file: watch, find: '    isWatching = false\n    members.clear()\n', replace: '    isWatching = false\n' },
      {
        file: watch,
        find: 'members.set(value.id, memberFrom(value, nowMs))',
        replace: 'if (!members.has(value.id)) members.set(value.id, memberFrom(value, nowMs))',
      },
      { file: watch, find: 'brake: brake.reason(),', replace: 'brake: null,' },
    ],
  },
  {
    name: 'isolated-controller-keeps-agents',
    wrong: 'A controller that cannot reach the store goes on answering beats that nobody else hears of',
    focus: ['controller-store-partition'],
    edits: [
      {
        file: 'packages/control-plane/src/sessions/agent-gateway.ts',
        find: 'if (unheardMs > core.timings.suspectAfterMs)',
        replace: 'if (unheardMs < 0)',
      },
    ],
  },
  {
    name: 'agent-returns-late',
    wrong: 'Agents of a small cluster pause up to 15 s between dials, which looks like death (once real)',
    focus: ['controller-crash', 'store-away'],
    edits: [
      {
        file: 'packages/agent/src/session/reconnect-delay.ts',
        find: 'const longestMs = Math.min(delayMsMax, Math.max(delayMsMaxOfFew, spreadMs))',
        replace: 'const longestMs = Math.max(delayMsMax, delayMsMaxOfFew, spreadMs)',
      },
    ],
  },
  {
    name: 'agent-waits-for-a-stuck-controller',
    wrong: 'An agent gives a controller that stands still 10 s to answer, while another one would take it (once real)',
    focus: ['controller-pause', 'slow-controller', 'connection-reset'],
    edits: [
      {
        file: 'packages/agent/src/session/reconnect-delay.ts',
        find: 'const patienceMsMin = 2_000',
        replace: 'const patienceMsMin = 10_000',
      },
    ],
  },
]
