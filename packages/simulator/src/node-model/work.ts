import type { TaskSubmitInput } from '@quarterdeck/domain'
import type { Assignment } from '@quarterdeck/domain/wire'

/** What a simulated program does: it takes its time, then exits. */
export type Work = {
  readonly durationMs: number
  readonly exitCode: number
  /** Does not listen to SIGTERM. */
  readonly isStubborn: boolean
}

export const HANDLER = 'work'

/** The part of a submit that asks for this work; `workOf` reads it back from the assignment. */
export function asSpec(work: Work, driver: Assignment['driver']): Pick<TaskSubmitInput, 'driver' | 'exec' | 'handler'> {
  if (driver === 'handler') return { driver, handler: { name: HANDLER, input: { ...work } } }
  return { driver, exec: { command: 'work', args: [JSON.stringify(work)] } }
}

export function workOf({ exec, handler }: Assignment): Work {
  return (exec ? JSON.parse(exec.args[0] ?? '') : handler?.input) as Work
}
