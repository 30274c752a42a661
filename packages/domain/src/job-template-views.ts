import type { JobTemplate, JobTemplateVersion } from './job-template.ts'

/** One line of the list of job templates. */
export type JobTemplateRow = Omit<JobTemplate, 'v' | 'versions'> &
  Pick<JobTemplateVersion, 'version' | 'description'> & {
    readonly revision: number
    readonly parameterNames: readonly string[]
    readonly runsWhat: string
  }

export type JobTemplateDetail = {
  readonly template: JobTemplateRow
  readonly definition: JobTemplateVersion
  /** Newest first. */
  readonly versions: readonly Pick<JobTemplateVersion, 'version' | 'atMs' | 'by'>[]
}

/** What applying a file would do. Stands on `basis`; `apply` with another one is refused. */
export type JobTemplatePlan = {
  readonly name: string
  readonly act: 'create' | 'update' | 'unchanged'
  readonly basis: string
  readonly changes: readonly { readonly path: string; readonly before: string | null; readonly after: string | null }[]
  readonly version: number
  readonly steps: readonly string[]
}
