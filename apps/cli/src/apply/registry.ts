import type { Applier } from './applier.ts'
import { jobTemplateApplier } from './job-template.ts'
import { serviceApplier } from './service.ts'
import { workflowApplier } from './workflow.ts'

/** Every kind that `qd apply` understands, one line each. */
export const appliers: readonly Applier[] = [serviceApplier, workflowApplier, jobTemplateApplier]
