import type { BroadcastDraft, TaskSubmitInput } from '@quarterdeck/domain'
import { DURATION_HINT, parseDuration } from '../format/duration.ts'

/** Where a dispatched task runs: on one node that the cluster chooses, once on each that matches, or on a few until one succeeds. */
export type TargetForm = {
  readonly target: 'one' | 'each' | 'race'
  readonly rule: 'all' | 'share' | 'any'
  readonly percent: string
  /** Of a race: on how many nodes, and how long to wait before each further one. */
  readonly forks: string
  readonly hedgeAfter: string
}

export const emptyTargetForm: TargetForm = { target: 'one', rule: 'all', percent: '80', forks: '2', hedgeAfter: '' }

/** The broadcast of a task; null with the sentence that says why not. */
export function readBroadcast(
  form: TargetForm,
  task: TaskSubmitInput | null,
): { readonly draft: BroadcastDraft | null; readonly problem: string | null } {
  const rule = form.target === 'race' ? readRace(form) : readRule(form)
  if (typeof rule === 'string') return { draft: null, problem: rule }
  if (!task) return { draft: null, problem: null }
  const { runMs } = task.timeouts ?? {}
  return { draft: { task, ...rule, ...(runMs ? { timeoutMs: Math.max(1_000, runMs) } : {}) }, problem: null }
}

function readRule({ rule, percent }: TargetForm): Pick<BroadcastDraft, 'success'> | string {
  if (rule !== 'share') return { success: { rule } }
  const share = Number(percent)
  if (!(Number.isInteger(share) && share >= 1 && share <= 100)) return 'Write a whole number from 1 to 100.'
  return { success: { rule, percent: share } }
}

function readRace({ forks, hedgeAfter }: TargetForm): Pick<BroadcastDraft, 'race'> | string {
  const count = Number(forks)
  if (!(Number.isInteger(count) && count >= 2 && count <= 10)) return 'Write a whole number from 2 to 10.'
  const hedgeAfterMs = hedgeAfter.trim() === '' ? 0 : parseDuration(hedgeAfter)
  return hedgeAfterMs === null ? DURATION_HINT : { race: { forks: count, hedgeAfterMs } }
}
