import type { Workflow, WorkflowPlan, WorkflowSpec, WorkflowVersion } from '@quarterdeck/domain'
import { differences, flat } from '../spec-difference.ts'

/**
 * What applying `spec` would do to the workflow as it is; `before` is null when there is none.
 *
 * @param newestKept of this name, also of one that was removed: runs that live may still use it
 */
export function planWorkflow(
  spec: WorkflowSpec,
  before: { readonly workflow: Workflow; readonly version: WorkflowVersion } | null,
  newestKept: number,
): WorkflowPlan {
  const changes = differences(before ? flat(shapeOf(specOf(before.version))) : new Map(), flat(shapeOf(spec)))
  const version = before && changes.length === 0 ? before.workflow.version : newestKept + 1
  return {
    name: spec.name,
    act: !before ? 'create' : changes.length === 0 ? 'unchanged' : 'update',
    basis: basisOf(before?.workflow),
    changes,
    version,
    steps: stepsOf(spec, before?.workflow, changes.length, version),
  }
}

/** Names what a plan stood on. */
export function basisOf(workflow: Workflow | undefined): string {
  return workflow ? `${workflow.version}@${workflow.changedAtMs}` : 'new'
}

/** What would have to be written into a file to ask for this version. */
export function specOf({ workflowId, description, steps, parallelMax, runTimeoutMs }: WorkflowVersion): WorkflowSpec {
  return { name: workflowId, description, steps, parallelMax, runTimeoutMs }
}

/** Steps by name, so that a difference names the step and not its place. */
function shapeOf({ steps, ...rest }: WorkflowSpec): object {
  return {
    ...rest,
    order: steps.map(({ name }) => name),
    steps: Object.fromEntries(steps.map((step) => [step.name, step])),
  }
}

function stepsOf(spec: WorkflowSpec, before: Workflow | undefined, changed: number, version: number): string[] {
  const many = spec.steps.length === 1 ? '1 step' : `${spec.steps.length} steps`
  if (!before) return [`Makes workflow ${spec.name} with ${many}.`]
  if (changed === 0) return ['Nothing changes.']
  return [
    `Version ${version} with ${many} takes the place of version ${before.version}. Runs that live go on as they began.`,
  ]
}
