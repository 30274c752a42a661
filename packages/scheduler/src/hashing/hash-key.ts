import type { Request } from '../request.ts'

/** What the hash strategies go by: the key that the task names, else its name. */
export function hashKeyOf({ spec, task }: Request): string {
  return spec.hashKey ?? task.name
}
