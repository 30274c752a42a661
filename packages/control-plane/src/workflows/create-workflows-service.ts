import { cancelRun, newRun, retryRun, runEvent } from '@quarterdeck/controllers'
import {
  type ClusterError,
  clusterError,
  fail,
  isLiveWorkflowRun,
  limits,
  type Outcome,
  ok,
  type Refusal,
  type Stored,
  taskSubmitSchema,
  type WorkflowId,
  type WorkflowRun,
  type WorkflowRunId,
  type WorkflowSpec,
  type WorkflowVersion,
  workflowCan,
  workflowVersionId,
} from '@quarterdeck/domain'
import { actorOf, metaOf } from '../actor.ts'
import { erase, put, replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Caller, WorkflowsService } from '../contract.ts'
import type { Core } from '../core.ts'
import type { Crypto } from '../crypto.ts'
import { asOf } from '../nodes/read-nodes.ts'
import { canonicalJson } from '../tasks/canonical-json.ts'
import { refuseTask } from '../tasks/submit.ts'
import { basisOf, planWorkflow } from './plan-workflow.ts'
import { runRow, runsOf, runView, workflowRow } from './workflow-views.ts'

/** What operators ask of workflows. The leader's loop carries it out. */
export function createWorkflowsService(core: Core, { crypto }: { readonly crypto: Crypto }): WorkflowsService {
  const nowMs = () => core.platform.clock.unixMs()
  const versionOf = (id: WorkflowId, version: number) =>
    core.cache.get('workflow-version', workflowVersionId(id, version))?.value

  function known(id: WorkflowId) {
    const stored = core.cache.get('workflow', id)
    const version = stored && versionOf(id, stored.value.version)
    return stored && version ? { stored, workflow: stored.value, version } : null
  }

  /** Newest first. */
  function versionsOf(id: WorkflowId): WorkflowVersion[] {
    return [...core.cache.all('workflow-version').values()]
      .map(({ value }) => value)
      .filter(({ workflowId }) => workflowId === id)
      .sort((a, b) => b.version - a.version)
  }

  const newestOf = (id: WorkflowId) => versionsOf(id)[0]?.version ?? 0

  /** A key names the run, so that a repeat of the start finds it. */
  function runIdOf(id: WorkflowId, key: string | undefined, by: string): WorkflowRunId {
    const name =
      key === undefined ? core.platform.ids.next() : `w-${crypto.sha256Hex(`${by}\n${id}\n${key}`).slice(0, 30)}`
    return name as WorkflowRunId
  }

  /** Commits the next value of one run, or refuses in words. */
  async function changeRun(
    id: WorkflowRunId,
    caller: Caller,
    act: { readonly action: string; readonly reason: string; readonly says: string },
    refuse: (run: WorkflowRun) => Refusal,
    next: (run: WorkflowRun) => WorkflowRun,
  ): Promise<Outcome<null>> {
    const { action, reason, says } = act
    const done = await commitDraft(core, () => {
      const stored = core.cache.get('workflow-run', id)
      if (!stored) return fail(runNotFound(id))
      const refusal = refuse(stored.value)
      if (refusal) return fail(clusterError('wrong_state', refusal))
      const text = `${says} by ${caller.me.id}${reason ? `: ${reason}` : ''}`
      const event = runEvent(stored.value, 'changed', 'notice', text)
      const meta = metaOf(core, caller, { action, reason, target: `workflow-run:${id}` }, [event])
      return ok({ value: null, changes: [replace(stored, next(stored.value))], meta })
    })
    return done.ok ? ok(null) : done
  }

  return {
    list() {
      const rows = [...core.cache.all('workflow').values()].map((stored) => workflowRow(core, stored))
      return asOf(
        core,
        rows.sort((a, b) => (a.id < b.id ? -1 : 1)),
      )
    },

    get({ id, version }) {
      const found = known(id)
      if (!found) return fail(workflowNotFound(id))
      const definition = version === undefined ? found.version : versionOf(id, version)
      if (!definition) return fail(versionNotFound(id, version ?? 0))
      const versions = versionsOf(id).map((each) => ({ version: each.version, atMs: each.atMs, by: each.by }))
      const runs = runsOf(core, (run) => run.workflowId === id).map(runRow)
      return ok(asOf(core, { workflow: workflowRow(core, found.stored), definition, versions, runs }))
    },

    plan(spec) {
      const refusal = refuseSteps(core, spec)
      return refusal ? fail(refusal) : ok(planWorkflow(spec, known(spec.name), newestOf(spec.name)))
    },

    async apply({ spec, basis }, caller) {
      const refusal = refuseSteps(core, spec)
      if (refusal) return fail(refusal)
      const done = await commitDraft(core, () => {
        const found = known(spec.name)
        if (basis !== undefined && basis !== basisOf(found?.workflow)) return fail(outdated(spec.name))
        if (!found && core.cache.all('workflow').size >= limits.workflowsMax)
          return fail(tooMany('workflows', limits.workflowsMax))
        const plan = planWorkflow(spec, found, newestOf(spec.name))
        const meta = metaOf(core, caller, {
          action: 'workflows.apply',
          target: `workflow:${spec.name}`,
          detail: `version ${plan.version}`,
        })
        if (plan.act === 'unchanged') return ok({ value: plan, changes: [], meta })
        const { name, ...definition } = spec
        const by = actorOf(caller)
        const version: WorkflowVersion = {
          v: 1,
          id: workflowVersionId(name, plan.version),
          workflowId: name,
          version: plan.version,
          ...definition,
          atMs: nowMs(),
          by,
        }
        const workflow = {
          v: 1 as const,
          id: name,
          description: spec.description,
          version: plan.version,
          stepCount: spec.steps.length,
          createdAtMs: found?.workflow.createdAtMs ?? nowMs(),
          changedAtMs: nowMs(),
          changedBy: by,
        }
        const changes = [
          found ? replace(found.stored, workflow) : put('workflow', workflow, 0),
          put('workflow-version', version, 0),
        ]
        return ok({ value: plan, changes, meta })
      })
      return done.ok ? ok({ plan: done.value.value }) : done
    },

    async start({ id, input, idempotencyKey }, caller) {
      const by = actorOf(caller)
      const runId = runIdOf(id, idempotencyKey, by)
      const inputHash = crypto.sha256Hex(canonicalJson(input))
      const done = await commitDraft(core, () => {
        const before = core.cache.get('workflow-run', runId)?.value
        const meta = metaOf(core, caller, { action: 'workflows.start', target: `workflow:${id}`, detail: runId })
        if (before && before.inputHash !== inputHash) return fail(otherInput(runId))
        if (before) return ok({ value: { runId, existing: true }, changes: [], meta })
        const found = known(id)
        if (!found) return fail(workflowNotFound(id))
        if (runsOf(core, isLiveWorkflowRun).length >= limits.workflowRunsLiveMax)
          return fail(tooMany('runs of workflows that live', limits.workflowRunsLiveMax))
        const run = newRun(found.version, { id: runId, input, by, nowMs: nowMs(), inputHash })
        return ok({ value: { runId, existing: false }, changes: [put('workflow-run', run, 0)], meta })
      })
      return done.ok ? ok(done.value.value) : done
    },

    runs({ id, limit }) {
      const runs = runsOf(core, (run) => id === undefined || run.workflowId === id)
      return asOf(core, runs.slice(0, limit).map(runRow))
    },

    run(id) {
      const stored = core.cache.get('workflow-run', id)
      const version = stored && versionOf(stored.value.workflowId, stored.value.version)
      return stored && version ? ok(asOf(core, runView(stored, version))) : fail(runNotFound(id))
    },

    cancel: ({ id, reason }, caller) =>
      changeRun(
        id,
        caller,
        { action: 'workflows.cancel', reason, says: 'was cancelled' },
        (run) => workflowCan.cancel(run, caller.me.role),
        (run) => cancelRun(run, { by: actorOf(caller), reason, atMs: nowMs() }),
      ),

    retry: ({ id, reason }, caller) =>
      changeRun(
        id,
        caller,
        { action: 'workflows.retry', reason, says: 'goes on from where it failed, asked for' },
        (run) => workflowCan.retry(run, caller.me.role) ?? refuseRetry(core, run),
        (run) => retryRun(run, nowMs()),
      ),

    async remove({ id, reason }, caller) {
      const done = await commitDraft(core, () => {
        const stored: Stored<'workflow'> | undefined = core.cache.get('workflow', id)
        if (!stored) return fail(workflowNotFound(id))
        const meta = metaOf(core, caller, { action: 'workflows.remove', target: `workflow:${id}`, reason })
        return ok({ value: null, changes: [erase('workflow', id, stored.revision)], meta })
      })
      return done.ok ? ok(null) : done
    },
  }
}

/** Why the cluster cannot take in the task of a step now; names the step's field. */
function refuseSteps(core: Core, { steps }: WorkflowSpec): ClusterError | null {
  for (const [index, step] of steps.entries()) {
    const works = { task: step.task, ...(step.compensate ? { 'compensate.task': step.compensate.task } : {}) }
    for (const [field, task] of Object.entries(works)) {
      const parsed = taskSubmitSchema.safeParse({ ...task, name: step.name })
      const [issue] = parsed.error?.issues ?? []
      const refusal = parsed.success
        ? refuseTask(core, parsed.data)
        : clusterError('bad_input', issue?.message ?? '', { field: issue?.path.join('.') ?? '' })
      if (refusal?.field) return { ...refusal, field: `steps.${index}.${field}.${refusal.field}` }
    }
  }
  return null
}

function refuseRetry(core: Core, run: WorkflowRun): Refusal {
  if (run.retries >= limits.workflowRetriesMax)
    return `Run ${run.id} was retried ${run.retries} times, which is the most. Start a new one.`
  const stored = core.cache.get('workflow-version', workflowVersionId(run.workflowId, run.version))
  return stored ? null : `Version ${run.version} of ${run.workflowId} is no longer kept. Start a new run.`
}

function workflowNotFound(id: string): ClusterError {
  return clusterError('workflow_not_found', `There is no workflow ${id}.`, { remedy: 'See qd workflow ls.' })
}

function versionNotFound(id: string, version: number): ClusterError {
  return clusterError('workflow_not_found', `Workflow ${id} has no version ${version} that is kept.`, {
    field: 'version',
    remedy: `See qd workflow show ${id}.`,
  })
}

function runNotFound(id: string): ClusterError {
  return clusterError('workflow_run_not_found', `There is no run ${id} of a workflow.`, {
    remedy: 'See qd workflow runs.',
  })
}

function outdated(name: string): ClusterError {
  return clusterError('plan_outdated', `Workflow ${name} was changed since this plan was made.`, {
    remedy: 'Look at a new plan, then apply that one.',
  })
}

function otherInput(id: string): ClusterError {
  const message = `This idempotency key was used for another run (${id}) with a different input.`
  return clusterError('idempotency_conflict', message, {
    field: 'idempotencyKey',
    remedy: 'Use a new key for a new run.',
  })
}

function tooMany(what: string, most: number): ClusterError {
  return clusterError('limit_reached', `There are ${most} ${what}, which is the most.`, {
    remedy: 'Remove or end some that are no longer needed.',
  })
}
