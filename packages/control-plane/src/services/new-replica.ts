import {
  limits,
  type NodeId,
  type Replica,
  type Service,
  type ServiceVersion,
  type Task,
  type TaskId,
  type TaskSpec,
  taskSubmitSchema,
  type UnixMs,
} from '@quarterdeck/domain'
import type { Core } from '../core.ts'
import { newTask } from '../tasks/new-task.ts'

/** Services keep apart what must not fall together. */
const STRATEGY = 'spread'

/**
 * The task of one slot. It has no retries and no end of its own: what becomes of it after it ended is its service's to decide. The
 * program finds its place in `QD_SERVICE`, `QD_SLOT` and `QD_SPEC_VERSION`.
 */
export function newReplica(
  core: Core,
  { id, mode }: Pick<Service, 'id' | 'mode'>,
  version: ServiceVersion,
  {
    slot,
    notBeforeMs,
    ...restart
  }: Omit<Replica, 'serviceId' | 'specVersion'> & { readonly notBeforeMs: UnixMs | null },
): { readonly spec: TaskSpec; readonly task: Task } {
  const { startTimeoutMs, runTimeoutMs, exec, ...work } = version.task
  const submit = taskSubmitSchema.parse({
    ...work,
    name: id,
    ...(exec
      ? {
          exec: {
            ...exec,
            env: { ...exec.env, QD_SERVICE: id, QD_SLOT: slot, QD_SPEC_VERSION: String(version.version) },
          },
        }
      : {}),
    ...(mode === 'system' ? { onNodes: [slot as NodeId] } : {}),
    strategy: work.strategy ?? STRATEGY,
    retry: { attemptsMax: 1, backoffBaseMs: 0, backoffCapMs: 0 },
    timeouts: { queueMs: null, startMs: startTimeoutMs, runMs: runTimeoutMs, progressMs: null },
    onDrain: 'move',
    system: mode === 'system',
    ...(notBeforeMs === null ? {} : { startAtMs: notBeforeMs }),
  })
  const made = newTask(core, submit, `service:${id}`)
  const taskId = core.platform.ids.next(id) as TaskId
  return {
    spec: {
      ...made.spec,
      id: taskId,
      ...(version.health ? { health: version.health } : {}),
      // Always, so that autoscaling can be switched on without starting anything anew.
      ...(mode === 'replicated' ? { measureEveryMs: limits.replicaMeasureMs } : {}),
    },
    task: {
      ...made.task,
      id: taskId,
      replica: { serviceId: id, slot, specVersion: version.version, ...restart },
    },
  }
}
