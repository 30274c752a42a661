import type { RunStep, WorkflowStep } from '@quarterdeck/domain'
import { isTrue } from '@quarterdeck/domain'
import { read } from './step-task.ts'

export type Readiness =
  | { readonly is: 'waiting'; readonly because: string }
  | { readonly is: 'ready' }
  | { readonly is: 'skipped'; readonly because: string }

/** Whether a step may begin now, must still wait, or will never run; each with its reason. */
export function readinessOf(
  { after, needs, when }: Pick<WorkflowStep, 'after' | 'needs' | 'when'>,
  stepOf: (name: string) => Pick<RunStep, 'name' | 'state'> | undefined,
  scope: Readonly<Record<string, unknown>>,
): Readiness {
  const before = after.flatMap((name) => stepOf(name) ?? [])
  const open = before.filter(({ state }) => state === 'waiting' || state === 'running')
  if (open.length > 0)
    return { is: 'waiting', because: `Waits for ${open.map(({ name, state }) => `${name} (${state})`).join(', ')}.` }
  // A failed step whose failure ends the run never gets here, so one that failed is one whose failure is ignored.
  const missing = before.filter(({ state }) => state !== 'succeeded' && state !== 'failed')
  const [first] = missing
  if (needs === 'all' && first)
    return { is: 'skipped', because: `It needs every step before it, and ${first.name} was ${first.state}.` }
  if (needs === 'any' && before.length > 0 && !before.some(({ state }) => state === 'succeeded'))
    return { is: 'skipped', because: `It needs one of ${after.join(', ')}, and none of them succeeded.` }
  if (when !== null && !isTrue(read(when, scope)))
    return { is: 'skipped', because: `Its condition is not true: ${when}`.slice(0, 500) }
  return { is: 'ready' }
}
