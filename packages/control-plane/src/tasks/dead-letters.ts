import {
  type AsOf,
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetters,
  deadLetterStates,
  limits,
  type Outcome,
  ok,
  type Replay,
  type Stored,
  type TaskId,
  type TaskSpec,
  type TaskSubmit,
  taskSubmitSchema,
} from '@quarterdeck/domain'
import type { Caller } from '../contract.ts'
import type { Core } from '../core.ts'
import type { Crypto } from '../crypto.ts'
import { taskRow } from '../live/rows.ts'
import { asOf } from '../nodes/read-nodes.ts'
import type { Placer } from '../scheduling/scheduling-loop.ts'
import { submitTask } from './submit.ts'

type Deps = { readonly crypto: Crypto; readonly placer: Placer }

/** What would submit the same work again: the specification without what belongs to one submit. */
export function submitOf({ shard: _, foreseen: __, fallbackOf: ___, ...spec }: TaskSpec): TaskSubmit {
  const { v, id, submittedBy, submittedAtMs, retryOf, health, idempotencyKey, startAtMs, ...again } = spec
  return taskSubmitSchema.parse(again)
}

/**
 * Tasks that ended without having done what they were for. Replicas are not among them, their service starts others; nor are those in
 * whose place a fallback runs.
 */
export function listDeadLetters(
  core: Core,
  crypto: Crypto,
  filter: DeadLetterFilter & { readonly limit: number },
): AsOf<DeadLetters> {
  const matching = deadLetters(core, filter)
  const counts = new Map<string, number>()
  const letters: DeadLetter[] = []
  for (const stored of matching) {
    const replayedAs = replayedTask(core, crypto, stored.value.id)
    if (letters.length < filter.limit) letters.push({ ...taskRow(stored), replayedAs })
    if (!replayedAs) counts.set(stored.value.name, (counts.get(stored.value.name) ?? 0) + 1)
  }
  const replayable = [...counts].map(([job, count]) => ({ job, count })).sort((a, b) => b.count - a.count)
  return asOf(core, { letters, total: matching.length, replayable: replayable.slice(0, 50) })
}

/**
 * Makes a new task of each matching letter, oldest end first, at most 500 per call. Its id is derived from the letter's, so that none is
 * replayed twice, whoever asks how often.
 */
export async function replayDeadLetters(
  core: Core,
  deps: Deps,
  filter: DeadLetterFilter,
  caller: Caller,
): Promise<Outcome<Replay>> {
  const open = deadLetters(core, filter).filter(({ value }) => !replayedTask(core, deps.crypto, value.id))
  const now = open.reverse().slice(0, limits.replayMax)
  const replayed: { id: TaskId; taskId: TaskId }[] = []
  const refused: { id: TaskId; because: string }[] = []
  for (const { value } of now) {
    const spec = core.cache.get('task-spec', value.id)?.value
    if (!spec) continue
    const again = { id: replayId(deps.crypto, value.id), retryOf: value.id, shard: spec.shard }
    const submitted = await submitTask(core, deps, submitOf(spec), caller, again)
    const taskId = submitted.ok ? submitted.value.taskId : await madeMeanwhile(core, deps.crypto, value.id)
    if (taskId) replayed.push({ id: value.id, taskId })
    else if (!submitted.ok) refused.push({ id: value.id, because: submitted.error.message })
  }
  return ok({ replayed, refused, left: open.length - now.length })
}

/** Somebody else replayed it at the same moment: that is as good. */
async function madeMeanwhile(core: Core, crypto: Crypto, id: TaskId): Promise<TaskId | null> {
  await core.cache.fresh().catch(() => undefined)
  return replayedTask(core, crypto, id)
}

/** Newest end first. */
function deadLetters(core: Core, { states, job, nodeId, ids }: DeadLetterFilter): Stored<'task'>[] {
  const wanted = new Set<string>(ids)
  const found: Stored<'task'>[] = []
  for (const state of states ?? deadLetterStates) {
    for (const id of core.tasks.inState(state)) {
      const stored = core.cache.get('task', id)
      if (!stored || stored.value.replica || stored.value.fallback) continue
      const { value } = stored
      if (job !== undefined && value.name !== job) continue
      if (nodeId !== undefined && !value.attempts.some((attempt) => attempt.nodeId === nodeId)) continue
      if (ids && !wanted.has(id)) continue
      found.push(stored)
    }
  }
  return found.sort((a, b) => (b.value.endedAtMs ?? 0) - (a.value.endedAtMs ?? 0))
}

function replayId(crypto: Crypto, id: TaskId): TaskId {
  return `r-${crypto.sha256Hex(`replay\n${id}`).slice(0, 30)}` as TaskId
}

function replayedTask(core: Core, crypto: Crypto, id: TaskId): TaskId | null {
  const taskId = replayId(crypto, id)
  return core.cache.get('task', taskId) ? taskId : null
}
