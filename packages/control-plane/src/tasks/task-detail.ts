import {
  type AsOf,
  clusterError,
  type DecisionEntry,
  decisionSchema,
  fail,
  limits,
  type Outcome,
  ok,
  type TaskDetail,
  type TaskId,
  type TaskResult,
  taskResultSchema,
} from '@quarterdeck/domain'
import { storeError } from '../commit-draft.ts'
import type { Core } from '../core.ts'
import { decisionId } from '../scheduling/decision-book.ts'

export function taskNotFound(id: TaskId) {
  return clusterError('task_not_found', `There is no task ${id}.`, {
    remedy: `Ended tasks are kept for 30 days, at most ${limits.terminalTasksKept}.`,
  })
}

/** Everything about one task: its objects from the cache, its decisions and result from the store. */
export async function taskDetail(core: Core, id: TaskId): Promise<Outcome<AsOf<TaskDetail>>> {
  const stored = core.cache.get('task', id)
  const spec = core.cache.get('task-spec', id)?.value
  if (!stored || !spec) return fail(taskNotFound(id))
  try {
    const [result, decisions] = await Promise.all([readResult(core, id), readDecisions(core, id, stored.value.attempt)])
    const asOf = core.cache.asOf()
    return ok({
      revision: asOf.revision,
      serverMs: core.platform.clock.unixMs(),
      behindMs: asOf.behindMs,
      value: { task: { ...stored.value, revision: stored.revision }, spec, result, decisions },
    })
  } catch (error) {
    return fail(storeError(error))
  }
}

export async function readResult(core: Core, id: TaskId): Promise<TaskResult | null> {
  const text = await core.store.get('task-result', id)
  return text ? taskResultSchema.parse(JSON.parse(text.text)) : null
}

/** Decisions of the kept attempts, and the refusals of the next one, newest first. */
export async function readDecisions(core: Core, id: TaskId, attempt: number): Promise<DecisionEntry[]> {
  const oldest = Math.max(1, attempt + 2 - limits.attemptRecordsKept)
  const attempts = Array.from({ length: attempt + 2 - oldest }, (_, index) => attempt + 1 - index)
  const texts = await Promise.all(attempts.map((each) => core.store.get('decision', decisionId(id, each))))
  return texts.flatMap((text) => (text ? decisionSchema.parse(JSON.parse(text.text)).entries : []))
}
