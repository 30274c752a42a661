import { type ExecSpec, type GivenPort, portVariable, type Shard } from '@quarterdeck/domain'
import type { AttemptRef } from '../../attempt.ts'

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * The whole environment of a task, built from nothing: the agent's own holds what is not the task's business. A spec may set any name
 * but those by which the node finds the task's processes again.
 */
export function taskEnvironment({
  ref,
  nodeId,
  folder,
  user,
  spec,
  gpus,
  ports,
  shard,
}: {
  readonly ref: AttemptRef
  readonly nodeId: string
  readonly folder: string
  readonly user: string
  readonly spec: ExecSpec
  /** Numbers of the GPUs that it was given. */
  readonly gpus: readonly number[]
  readonly ports: readonly GivenPort[]
  readonly shard: Shard | undefined
}): Record<string, string> {
  return {
    PATH: searchPath,
    HOME: folder,
    TMPDIR: folder,
    USER: user,
    LANG: 'C.UTF-8',
    ...spec.env,
    ...(shard ? { QD_SHARD_INDEX: String(shard.index), QD_SHARD_TOTAL: String(shard.total) } : {}),
    ...taskMarkers(ref),
    QD_NODE_ID: nodeId,
    ...gpuVariables(gpus),
    ...Object.fromEntries(ports.map(({ name, port }) => [portVariable(name), String(port)])),
  }
}

/**
 * Which GPUs the task may use. Empty without any: a task that was given none sees none, whatever the machine has. What CUDA does with the
 * names is the libraries' business; nothing keeps a program from ignoring them.
 */
function gpuVariables(gpus: readonly number[]): { readonly QD_GPUS: string; readonly CUDA_VISIBLE_DEVICES: string } {
  return { QD_GPUS: gpus.join(','), CUDA_VISIBLE_DEVICES: gpus.join(',') }
}

/** What stands in the environment of every process of an attempt. */
export function taskMarkers({ taskId, attempt }: AttemptRef): {
  readonly QD_TASK_ID: string
  readonly QD_ATTEMPT: string
} {
  return { QD_TASK_ID: taskId, QD_ATTEMPT: String(attempt) }
}
