import type { Cause } from './cause.ts'

const leaderLoss = 'e2e/withstand/leader-loss.integration.test.ts'
const redisLoss = 'e2e/withstand/redis-loss.integration.test.ts'
const submit = 'packages/control-plane/src/tasks/submit.ts'

const writeBehind = [
  {
    file: submit,
    find: 'reply = await placed.commit({ changes: base, meta })',
    replace: `core.platform.timers.after(1_000, () => void placed.commit({ changes: base, meta }).catch(() => undefined))
      reply = { status: 'committed', revision: core.cache.revision } as CommitReply`,
  },
  {
    file: submit,
    find: `    } else {
      reply = await queue(`,
    replace: `    } else {
      core.platform.timers.after(1_000, () => void queue(core, { changes: [...base, put('task', task, 0)], meta }).catch(() => undefined))
      reply = { status: 'committed', revision: core.cache.revision } as CommitReply
      if (core.cache.revision < 0) reply = await queue(`,
  },
]

/** Losing the leader, or what it writes to. */
export const leaderCauses: readonly Cause[] = [
  {
    name: 'acknowledged-before-stored',
    wrong: 'A submit is acknowledged and written a second later',
    edits: writeBehind,
    test: leaderLoss,
    title: 'by kill -9 while tasks are submitted',
  },
  {
    name: 'no-fence',
    wrong: 'The store takes the writes of a leader that was deposed',
    edits: [
      {
        file: 'packages/store-redis/src/scripts/commit.lua',
        find: "if commit.epoch ~= '' and not",
        replace: "if commit.epoch == 'never' and not",
      },
    ],
    test: leaderLoss,
    title: 'with writes still to be sent',
  },
  {
    name: 'never-follows',
    wrong: 'A leader that could not renew goes on as if it led',
    edits: [
      {
        file: 'packages/membership/src/election/lead.ts',
        find: 'export function dropLeadership(state: ElectionState, because: string, context: ElectionContext): ElectionStep {',
        replace: `export function dropLeadership(state: ElectionState, because: string, context: ElectionContext): ElectionStep {
  if (context.nowMs > 0) return { state, effects: [] }`,
      },
    ],
    test: leaderLoss,
    title: 'by a pause longer than its lease',
  },
  {
    name: 'acknowledged-before-redis-has-it',
    wrong: 'A submit is acknowledged and written a second later, and Redis dies in between',
    edits: writeBehind,
    test: redisLoss,
    title: 'killed and restarted under load',
  },
  {
    name: 'old-shown-as-current',
    wrong: 'Answers never say that they are old',
    edits: [
      {
        file: 'packages/store/src/cache/read-cache.ts',
        find: 'const behindMs = complete && silenceMs <= waitMs + stallMs ? 0',
        replace: 'const behindMs = silenceMs >= 0 ? 0',
      },
    ],
    test: redisLoss,
    title: 'away for long',
  },
  {
    name: 'result-not-kept',
    wrong: 'An agent forgets a result that no controller could store',
    edits: [
      {
        file: 'packages/agent/src/session/reporter.ts',
        find: "if ((outcomes[index] ?? 'retry') === 'retry') isRetried = true",
        replace: 'if (index < 0) isRetried = true',
      },
    ],
    test: redisLoss,
    title: 'away for long',
  },
]
