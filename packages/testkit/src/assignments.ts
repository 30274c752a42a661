import { execSpecSchema, handlerSpecSchema, taskIdSchema, timeoutsSchema } from '@quarterdeck/domain'
import type { Assignment, Fence } from '@quarterdeck/domain/wire'
import type { z } from 'zod'

const fence: Fence = { shard: 'main', epoch: 5, nonce: 'leader-of-the-test' }

type More = Partial<Omit<Assignment, 'taskId' | 'exec' | 'handler' | 'timeouts'>> & {
  readonly timeouts?: z.input<typeof timeoutsSchema>
}

/** An assignment that runs a program. */
export function programAssignment(taskId: string, exec: z.input<typeof execSpecSchema>, more: More = {}): Assignment {
  return { ...common(taskId, more), driver: 'exec', exec: execSpecSchema.parse(exec) }
}

/** An assignment that runs a shell script. */
export function scriptAssignment(taskId: string, script: string, more: More = {}): Assignment {
  return programAssignment(taskId, { command: script, shell: true }, more)
}

/** An assignment that calls a handler. */
export function handlerAssignment(
  taskId: string,
  handler: z.input<typeof handlerSpecSchema>,
  more: More = {},
): Assignment {
  return { ...common(taskId, more), driver: 'handler', handler: handlerSpecSchema.parse(handler) }
}

function common(taskId: string, { timeouts = {}, ...more }: More): Omit<Assignment, 'driver'> {
  return {
    taskId: taskIdSchema.parse(taskId),
    attempt: 1,
    name: taskId,
    policy: 'at-least-once',
    want: 'run',
    graceMs: 10_000,
    fence,
    resources: { cpuMillis: 1, memoryBytes: 1 },
    durable: false,
    ...more,
    timeouts: timeoutsSchema.parse(timeouts),
  }
}
