import { z } from 'zod'
import { deadLetterStates } from './dead-letter-states.ts'
import { nodeIdSchema, type TaskId, taskIdSchema } from './ids.ts'
import { limits } from './limits.ts'
import type { TaskRow } from './views.ts'

/** Which dead letters: all that match every part that is given. */
export const deadLetterFilterSchema = z.strictObject({
  states: z.array(z.enum(deadLetterStates)).min(1).max(deadLetterStates.length).exactOptional(),
  /** Exactly this name. */
  job: z.string().min(1).max(limits.nameLengthMax).exactOptional(),
  /** An attempt ran on this node. */
  nodeId: nodeIdSchema.exactOptional(),
  ids: z.array(taskIdSchema).min(1).max(limits.replayMax).exactOptional(),
})
export type DeadLetterFilter = z.infer<typeof deadLetterFilterSchema>

export type DeadLetter = TaskRow & {
  /** The task that a replay made of it. */
  readonly replayedAs: TaskId | null
}

export type DeadLetters = {
  /** Newest end first. */
  readonly letters: readonly DeadLetter[]
  /** How many match, replayed ones included. */
  readonly total: number
  /** Matching letters that were not replayed, by job, most first: what a bulk replay would do. */
  readonly replayable: readonly { readonly job: string; readonly count: number }[]
}

export type Replay = {
  readonly replayed: readonly { readonly id: TaskId; readonly taskId: TaskId }[]
  readonly refused: readonly { readonly id: TaskId; readonly because: string }[]
  /** Matching letters beyond the most that one call replays: call again. */
  readonly left: number
}
