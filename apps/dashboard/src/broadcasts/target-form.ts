import type { BroadcastDraft, TaskSubmitInput } from '@quarterdeck/domain'

/** Where a dispatched task runs: on one node that the cluster chooses, or once on each that matches. */
export type TargetForm = {
  readonly target: 'one' | 'each'
  readonly rule: 'all' | 'share' | 'any'
  readonly percent: string
}

export const emptyTargetForm: TargetForm = { target: 'one', rule: 'all', percent: '80' }

/** The broadcast of a task; null with the sentence that says why not. */
export function readBroadcast(
  { rule, percent }: TargetForm,
  task: TaskSubmitInput | null,
): { readonly draft: BroadcastDraft | null; readonly problem: string | null } {
  const share = Number(percent)
  if (rule === 'share' && !(Number.isInteger(share) && share >= 1 && share <= 100))
    return { draft: null, problem: 'Write a whole number from 1 to 100.' }
  if (!task) return { draft: null, problem: null }
  const success = rule === 'share' ? ({ rule, percent: share } as const) : ({ rule } as const)
  const { runMs } = task.timeouts ?? {}
  return { draft: { task, success, ...(runMs ? { timeoutMs: Math.max(1_000, runMs) } : {}) }, problem: null }
}
