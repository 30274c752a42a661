import {
  limits,
  type UnixMs,
  type Workflow,
  type WorkflowRun,
  type WorkflowVersion,
  workflowVersionId,
} from '@quarterdeck/domain'
import type { Deletion } from './deletion.ts'

/** Ended runs that are too many or too old, and versions that neither a run that stays nor going back needs. */
export function reapWorkflows(
  {
    workflows,
    versions,
    runs,
  }: {
    readonly workflows: Iterable<Workflow>
    readonly versions: Iterable<WorkflowVersion>
    readonly runs: Iterable<WorkflowRun>
  },
  nowMs: UnixMs,
): Deletion[] {
  const all = [...runs]
  const newestFirst = all
    .filter(({ endedAtMs }) => endedAtMs !== null)
    .sort((a, b) => (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0))
  const gone = new Set(
    newestFirst
      .filter(
        ({ endedAtMs }, index) =>
          index >= limits.workflowRunsKept || nowMs - (endedAtMs ?? 0) > limits.terminalTaskAgeMsMax,
      )
      .map(({ id }) => id),
  )
  const needed = new Set(
    all.filter(({ id }) => !gone.has(id)).map((run) => workflowVersionId(run.workflowId, run.version)),
  )
  const newest = new Map([...workflows].map(({ id, version }) => [id, version]))
  const unneeded = [...versions].filter(({ id, workflowId, version }) => {
    const inForce = newest.get(workflowId)
    return !needed.has(id) && (inForce === undefined || version <= inForce - limits.workflowVersionsKept)
  })
  return [
    ...[...gone].map((id): Deletion => ({ kind: 'workflow-run', id })),
    ...unneeded.map(({ id }): Deletion => ({ kind: 'workflow-version', id })),
  ]
}
