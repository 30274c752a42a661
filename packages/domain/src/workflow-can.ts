import type { Refusal } from './capabilities.ts'
import { type Role, roleAllows } from './roles.ts'
import type { WorkflowRun } from './workflow.ts'

type RunFor = Pick<WorkflowRun, 'id' | 'state' | 'cancel'>

const isLive = ({ state }: RunFor) => state === 'running' || state === 'stopping' || state === 'compensating'
const needsOperator = (have: Role): Refusal => (roleAllows(have, 'operator') ? null : 'Needs the operator role.')

/** What may be done with workflows and their runs, and by whom. */
export const workflowCan = {
  change: (role: Role): Refusal => needsOperator(role),
  start: (role: Role): Refusal => needsOperator(role),

  cancel: (run: RunFor, role: Role): Refusal =>
    needsOperator(role) ??
    (isLive(run) ? null : `Run ${run.id} has already ended (${run.state}).`) ??
    (run.cancel ? `Cancelling run ${run.id} was already requested.` : null) ??
    (run.state === 'running' ? null : `Run ${run.id} is already ${run.state}.`),

  retry: (run: RunFor, role: Role): Refusal =>
    needsOperator(role) ??
    (isLive(run) ? `Run ${run.id} is still ${run.state}.` : null) ??
    (run.state === 'succeeded' ? `Run ${run.id} succeeded; there is nothing to retry.` : null),
} as const
