import type { ClusterEvent, Task, TaskResult } from '@quarterdeck/domain'

/** The next value of one task, what its attempt left, and what an operator may want to know. Written in one commit. */
export type TaskChange = {
  readonly task: Task
  readonly result?: TaskResult
  readonly events: readonly ClusterEvent[]
}
