import type { GivenPort, HealthCheck, Stored, Task, TaskSpec } from '@quarterdeck/domain'
import type { Assignment } from '@quarterdeck/domain/wire'
import type { LeaseFence } from '@quarterdeck/store'

/** What a node must do about a task that is placed on it. */
export function assignmentOf(task: Task, spec: TaskSpec, fence: LeaseFence): Assignment {
  return {
    taskId: task.id,
    attempt: task.attempt,
    name: task.name,
    policy: task.policy,
    want: wantOf(task),
    graceMs: task.stop?.graceMs ?? spec.killGraceMs,
    fence: { shard: 'main', epoch: fence.epoch, nonce: fence.nonce },
    driver: spec.driver,
    ...(spec.exec ? { exec: spec.exec } : {}),
    ...(spec.handler ? { handler: spec.handler } : {}),
    resources: { cpuMillis: spec.resources.cpuMillis, memoryBytes: spec.resources.memoryBytes },
    ...(task.gpus && task.gpus.length > 0 ? { gpus: task.gpus } : {}),
    ...(task.ports && task.ports.length > 0 ? { ports: task.ports } : {}),
    timeouts: spec.timeouts,
    durable: spec.durable,
    ...(spec.shard ? { shard: spec.shard } : {}),
    ...(spec.health ? { health: withNumber(spec.health, task.ports) } : {}),
    ...(spec.measureEveryMs === undefined ? {} : { measureEveryMs: spec.measureEveryMs }),
  }
}

/** A check that names one of the task's ports, with the number that the attempt was given. */
function withNumber(check: HealthCheck, ports: readonly GivenPort[] = []): HealthCheck {
  if (check.type === 'exec' || typeof check.port === 'number') return check
  const given = ports.find(({ name }) => name === check.port)
  return given ? { ...check, port: given.port } : check
}

export function wantOf(task: Pick<Task, 'state' | 'stop'>): Assignment['want'] {
  return task.stop || task.state === 'stopping' ? 'stop' : 'run'
}

/** Whether the start of this attempt must be safe in the store before the node hears of it: a rerun after a lost write would be a second run. */
export function needsDurableStart(stored: Stored<'task'>, spec: TaskSpec): boolean {
  return spec.durable || stored.value.policy !== 'at-least-once'
}
