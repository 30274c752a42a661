import type { NodeId, TaskId } from './ids.ts'

/** How one job fared on a node and on all others within the window. */
export type JobOnNode = {
  readonly job: string
  readonly failedHere: number
  readonly endedHere: number
  readonly failedElsewhere: number
  readonly endedElsewhere: number
}

/** An operator may want to cordon this node: several jobs fail on it that fare better elsewhere. It is never done by itself. */
export type CordonSuggestion = {
  readonly nodeId: NodeId
  /** Oldest of the failures that speak for it and are still remembered. */
  readonly sinceMs: number
  readonly sentence: string
  /** The jobs that speak for it, most failures first. */
  readonly jobs: readonly JobOnNode[]
  /** Newest first. */
  readonly failures: readonly {
    readonly taskId: TaskId
    readonly job: string
    readonly attempt: number
    readonly atMs: number
    /** Why it failed, in words. */
    readonly error: string
  }[]
}
