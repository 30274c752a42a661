import {
  type ClusterError,
  clusterError,
  fail,
  type JobTemplate,
  type JobTemplateRow,
  type JobTemplateVersion,
  limits,
  ok,
  type Stored,
} from '@quarterdeck/domain'
import { actorOf, metaOf } from '../actor.ts'
import { erase, put, replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { JobTemplatesService, TasksService } from '../contract.ts'
import type { Core } from '../core.ts'
import { asOf } from '../nodes/read-nodes.ts'
import { basisOf, planTemplate } from './plan-template.ts'
import { templateNotFound, templateTask, versionOfTemplate } from './template-task.ts'

type Deps = { readonly tasks: Pick<TasksService, 'submit' | 'preview'> }

/** Tasks with a name and typed parameters, to be dispatched again and again. */
export function createJobTemplatesService(core: Core, { tasks }: Deps): JobTemplatesService {
  const nowMs = () => core.platform.clock.unixMs()

  return {
    list: () =>
      asOf(core, [...core.cache.all('job-template').values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map(rowOf)),

    get({ id, version }) {
      const stored = core.cache.get('job-template', id)
      const definition = versionOfTemplate(core, id, version)
      if (!stored || !definition.ok) return definition.ok ? fail(templateNotFound(id)) : definition
      const versions = stored.value.versions.map((each) => ({ version: each.version, atMs: each.atMs, by: each.by }))
      return ok(asOf(core, { template: rowOf(stored), definition: definition.value, versions }))
    },

    plan: (spec) => ok(planTemplate(spec, core.cache.get('job-template', spec.name)?.value)),

    async apply({ spec, basis }, caller) {
      const done = await commitDraft(core, () => {
        const stored = core.cache.get('job-template', spec.name)
        if (basis !== undefined && basis !== basisOf(stored?.value)) return fail(outdated(spec.name))
        if (!stored && core.cache.all('job-template').size >= limits.jobTemplatesMax) return fail(tooMany())
        const plan = planTemplate(spec, stored?.value)
        const detail = `version ${plan.version}`
        const meta = metaOf(core, caller, {
          action: 'job-templates.apply',
          target: `job-template:${spec.name}`,
          detail,
        })
        if (plan.act === 'unchanged') return ok({ value: plan, changes: [], meta })
        const { name, ...asked } = spec
        const by = actorOf(caller)
        const version: JobTemplateVersion = { version: plan.version, ...asked, atMs: nowMs(), by }
        const next: JobTemplate = {
          v: 1,
          id: name,
          versions: [version, ...(stored?.value.versions ?? [])].slice(0, limits.jobTemplateVersionsKept),
          createdAtMs: stored?.value.createdAtMs ?? nowMs(),
          changedAtMs: nowMs(),
          changedBy: by,
        }
        return ok({ value: plan, changes: [stored ? replace(stored, next) : put('job-template', next, 0)], meta })
      })
      return done.ok ? ok({ plan: done.value.value }) : done
    },

    preview(input) {
      const task = templateTask(core, input)
      if (!task.ok) return task
      const preview = tasks.preview(task.value)
      return preview.ok ? ok({ task: task.value, preview: preview.value }) : preview
    },

    async run({ idempotencyKey, ...request }, caller) {
      const task = templateTask(core, request)
      if (!task.ok) return task
      const done = await tasks.submit(
        { ...task.value, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) },
        caller,
      )
      return done.ok ? ok({ taskId: done.value.taskId, existing: done.value.existing }) : done
    },

    async remove({ id, reason }, caller) {
      const done = await commitDraft(core, () => {
        const stored = core.cache.get('job-template', id)
        if (!stored) return fail(templateNotFound(id))
        const meta = metaOf(core, caller, { action: 'job-templates.remove', target: `job-template:${id}`, reason })
        return ok({ value: null, changes: [erase('job-template', id, stored.revision)], meta })
      })
      return done.ok ? ok(null) : done
    },
  }
}

function rowOf({ value, revision }: Stored<'job-template'>): JobTemplateRow {
  const { v: _, versions, ...rest } = value
  const [newest] = versions
  const { exec, handler } = newest?.task ?? {}
  return {
    ...rest,
    revision,
    version: newest?.version ?? 0,
    description: newest?.description ?? '',
    parameterNames: newest?.parameters.map(({ name }) => name) ?? [],
    runsWhat: handler
      ? `handler ${handler.name}`
      : [exec?.command ?? '', ...(exec?.args ?? [])].join(' ').slice(0, 120),
  }
}

function outdated(name: string): ClusterError {
  return clusterError('plan_outdated', `Job template ${name} was changed since this plan was made.`, {
    remedy: 'Look at a new plan, then apply that one.',
  })
}

function tooMany(): ClusterError {
  return clusterError('limit_reached', `There are ${limits.jobTemplatesMax} job templates, which is the most.`, {
    remedy: 'Remove some that are no longer needed.',
  })
}
