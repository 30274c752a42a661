import {
  defaultSettings,
  type Foreseen,
  type Shard,
  type Task,
  type TaskId,
  type TaskSpec,
  type TaskSubmit,
} from '@quarterdeck/domain'
import type { Core } from '../core.ts'

export type NewTaskOptions = {
  /** One that its maker derives, so that the task cannot be made twice. */
  readonly id?: TaskId
  readonly retryOf?: TaskId | undefined
  readonly shard?: Shard | undefined
  readonly fallbackOf?: TaskId | undefined
  /** Of a plan that is carried out. */
  readonly foreseen?: Foreseen | undefined
}

/** The two objects of a new task: what it is, and how it stands. */
export function newTask(
  core: Core,
  input: TaskSubmit,
  by: string,
  { id = core.platform.ids.next() as TaskId, retryOf, shard, fallbackOf, foreseen }: NewTaskOptions = {},
): { readonly spec: TaskSpec; readonly task: Task } {
  const nowMs = core.platform.clock.unixMs()
  const strategy = input.strategy ?? core.cache.get('settings', 'cluster')?.value.strategy ?? defaultSettings.strategy
  // What is repeated by nobody is repeated after a loss by nobody either.
  const policy = input.faults?.strategy === 'failfast' ? 'at-most-once' : input.policy
  const spec: TaskSpec = {
    v: 1,
    id,
    ...input,
    policy,
    strategy,
    submittedBy: by,
    submittedAtMs: nowMs,
    ...(retryOf ? { retryOf } : {}),
    ...(shard ? { shard } : {}),
    ...(fallbackOf ? { fallbackOf } : {}),
    ...(foreseen ? { foreseen } : {}),
  }
  const waits = input.startAtMs !== undefined && input.startAtMs > nowMs
  const task: Task = {
    v: 1,
    id,
    name: input.name,
    driver: input.driver,
    policy,
    priority: input.priority,
    resources: input.resources,
    system: input.system,
    state: waits ? 'delayed' : 'queued',
    sinceMs: nowMs,
    createdAtMs: nowMs,
    attempt: 0,
    nodeId: null,
    epoch: 0,
    startedAtMs: null,
    endedAtMs: null,
    failures: 0,
    notBeforeMs: waits ? (input.startAtMs ?? null) : null,
    avoid: [],
    planned: foreseen?.nodeId ? { nodeId: foreseen.nodeId, planId: foreseen.planId } : null,
    stop: null,
    attempts: [],
    progress: null,
    exit: null,
    usage: null,
    retryOf: retryOf ?? null,
    replica: null,
    health: null,
    submittedBy: by,
  }
  return { spec, task }
}
