import type { Cause } from './cause.ts'

const nodeLoss = 'e2e/withstand/node-loss.integration.test.ts'
const stepMember = 'packages/membership/src/detector/step-member.ts'
const failover = 'packages/controllers/src/failover/reconcile-failover.ts'

/** Losing a node, its agent, or sight of it. */
export const nodeCauses: readonly Cause[] = [
  {
    name: 'closed-socket-says-nothing',
    wrong: 'A node whose connection broke is thought well until it has been silent for long',
    edits: [
      {
        file: stepMember,
        find: "if (state.health !== 'ready' && state.health !== 'joining') return { state: closed, effects: [] }",
        replace: 'if (closed.streamClosed) return { state, effects: [] }',
      },
    ],
    test: nodeLoss,
    title: 'is suspect at once, down after the delay',
  },
  {
    name: 'lost-tasks-stay-lost',
    wrong: 'What ran on a node that is down stays there',
    edits: [
      {
        file: failover,
        find: 'if (node && !isGone(node.health)) continue',
        replace: 'if (node) continue',
      },
    ],
    test: nodeLoss,
    title: 'is suspect at once, down after the delay',
  },
  {
    name: 'tasks-die-with-their-agent',
    wrong: 'The keeper ends the tasks when its agent process dies',
    edits: [
      {
        file: 'packages/agent/src/node/keeper.ts',
        find: '      unobserve()\n',
        replace: "      unobserve()\n      void host.runner.leave('its agent died')\n",
      },
    ],
    test: nodeLoss,
    title: 'does not touch its task',
  },
  {
    name: 'down-at-the-first-doubt',
    wrong: 'A suspected node is declared down at once',
    edits: [
      {
        file: 'packages/membership/src/detector/deadlines.ts',
        find: 'return Math.max(state.heardMs + downAfterMs(context), state.notDownBeforeMs) as MonotonicMs',
        replace: 'return state.heardMs',
      },
    ],
    test: nodeLoss,
    title: 'shorter than the delay',
  },
  {
    name: 'at-most-once-runs-again',
    wrong: 'A task that may run at most once is given up with its node and runs again',
    edits: [
      {
        file: failover,
        find: "case 'at-most-once':\n",
        replace: "case 'at-most-once':\n      if (node) return giveUp(task, because, input)\n",
      },
    ],
    test: nodeLoss,
    title: 'longer than the delay',
  },
]
