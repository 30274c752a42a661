import type { GivenPort, NodeId, Task, UnixMs } from '@quarterdeck/domain'
import type { TaskChange } from '../task-change.ts'
import { withNewAttempt } from './attempts.ts'
import { moveTo } from './move-to.ts'

/** A queued task on the node, the GPUs and the ports that the plan named: a new attempt begins. `epoch` is the deciding leader's. */
export function assign(
  task: Task,
  {
    nodeId,
    gpus = [],
    ports = [],
    epoch,
    nowMs,
  }: {
    readonly nodeId: NodeId
    readonly gpus?: readonly number[]
    readonly ports?: readonly GivenPort[]
    readonly epoch: number
    readonly nowMs: UnixMs
  },
): TaskChange {
  const attempt = task.attempt + 1
  const attempts = withNewAttempt(task, {
    attempt,
    nodeId,
    outcome: 'assigned',
    assignedAtMs: nowMs,
    startedAtMs: null,
    endedAtMs: null,
    exit: null,
    usage: null,
  })
  return {
    task: moveTo(task, 'assigned', nowMs, {
      attempt,
      nodeId,
      ...(gpus.length > 0 ? { gpus: [...gpus] } : {}),
      ...(ports.length > 0 ? { ports: [...ports] } : {}),
      epoch,
      attempts,
      notBeforeMs: null,
      room: undefined,
      // What was said of an earlier attempt does not count for this one.
      health: null,
      avoid: task.avoid.filter(({ untilMs }) => untilMs > nowMs),
    }),
    events: [],
  }
}
