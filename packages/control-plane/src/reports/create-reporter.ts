import { applyReport, type TaskChange } from '@quarterdeck/controllers'
import {
  type ClusterEvent,
  isTerminal,
  type NodeId,
  type Outcome,
  ok,
  type Stored,
  type TaskId,
  type TaskResult,
} from '@quarterdeck/domain'
import type { Report, ReportBatchReply } from '@quarterdeck/domain/wire'
import type { Change, CommitReply } from '@quarterdeck/store'
import { put, replace } from '../change.ts'
import { storeError } from '../commit-draft.ts'
import type { Core } from '../core.ts'
import type { ResultWatch } from '../faults/watch-results.ts'
import type { RecentResults } from './recent-results.ts'

type Verdict = ReportBatchReply['outcomes'][number]

/** Applies what agents say of their attempts. Written by the owner's right: only for the current attempt, only from its own node. */
export type Reporter = {
  report(nodeId: NodeId, reports: readonly Report[]): Promise<Outcome<ReportBatchReply>>
}

type Deps = {
  /** Told before an end is written, so that the agent is not told to drop what it has itself reported as ended. */
  readonly endedByAgent: (taskId: TaskId, attempt: number) => void
  readonly results: Pick<ResultWatch, 'contextOf'>
  readonly recent: RecentResults
}

const TRIES = 4

export function createReporter(core: Core, deps: Deps): Reporter {
  /** All reports of one task go in one commit: `accepted`, `started` and `ended` of a short task cost one write. */
  async function applyAll(nodeId: NodeId, taskId: TaskId, reports: readonly Report[]): Promise<Verdict[]> {
    for (let tries = 0; tries < TRIES; tries++) {
      const stored = core.cache.get('task', taskId)
      const folded = stored ? fold(core, deps.results, nodeId, stored, reports) : null
      if (!stored || !folded) {
        // Nothing of this task is known: either it was removed, or this view has not caught up with its assignment.
        if (tries > 0) return reports.map(() => 'obsolete')
        await core.cache.fresh()
        continue
      }
      if (!folded.change) return folded.verdicts
      for (const report of reports) if (report.kind === 'ended') deps.endedByAgent(taskId, report.attempt)

      const reply = await commitChange(nodeId, stored, folded.change)
      const { state } = folded.change.task
      if (reply.status === 'committed') {
        if (isTerminal(state)) core.counters.finished[state] = (core.counters.finished[state] ?? 0) + 1
        return folded.verdicts
      }
      deps.recent.forget(taskId)
      await core.cache.fresh()
    }
    return reports.map(() => 'retry')
  }

  function commitChange(
    nodeId: NodeId,
    stored: Stored<'task'>,
    { task, result, events }: TaskChange,
  ): Promise<CommitReply> {
    const changes: Change[] = [replace(stored, task)]
    if (result) {
      const written = put('task-result', result, 'any')
      deps.recent.note(result, written.text)
      changes.push(written)
    }
    const meta = { atMs: core.platform.clock.unixMs(), actor: `node:${nodeId}`, events: [...events] }
    return core.committer.commit({ changes, meta, essential: isTerminal(task.state) }, 'priority')
  }

  return {
    async report(nodeId, reports) {
      core.counters.reports += reports.length
      const byTask = new Map<TaskId, { readonly places: number[]; readonly reports: Report[] }>()
      for (const [place, report] of reports.entries()) {
        const group = byTask.get(report.taskId) ?? { places: [], reports: [] }
        group.places.push(place)
        group.reports.push(report)
        byTask.set(report.taskId, group)
      }
      const outcomes: Verdict[] = reports.map(() => 'retry')
      const settled = [...byTask].map(async ([taskId, group]) => {
        try {
          const verdicts = await applyAll(nodeId, taskId, group.reports)
          for (const [index, place] of group.places.entries()) outcomes[place] = verdicts[index] ?? 'retry'
        } catch (error) {
          core.platform.log.warn('a report was not stored, the agent will repeat it', {
            taskId,
            because: storeError(error).message,
          })
        }
      })
      await Promise.all(settled)
      return ok({ outcomes })
    },
  }
}

type Folded = { readonly change: TaskChange | null; readonly verdicts: Verdict[] }

/** Applies the reports one after the other to the same task, in memory. */
function fold(
  core: Core,
  results: Deps['results'],
  nodeId: NodeId,
  stored: Stored<'task'>,
  reports: readonly Report[],
): Folded | null {
  const spec = core.cache.get('task-spec', stored.id)?.value
  if (!spec) return null
  const events: ClusterEvent[] = []
  const verdicts: Verdict[] = []
  let task = stored.value
  let result: TaskResult | undefined
  for (const report of reports) {
    const applied = applyReport(task, spec, report, {
      nodeId,
      nowMs: core.platform.clock.unixMs(),
      random: core.platform.random,
      ...(report.kind === 'ended' ? results.contextOf(task, spec) : {}),
    })
    if (applied === 'obsolete') {
      verdicts.push('obsolete')
      continue
    }
    verdicts.push('applied')
    task = applied.task
    result = applied.result ?? result
    events.push(...applied.events)
  }
  const changed = task !== stored.value || result !== undefined
  return { verdicts, change: changed ? { task, events, ...(result ? { result } : {}) } : null }
}
