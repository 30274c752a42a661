import type { Remedy } from './filter.ts'
import { filters } from './filters/registry.ts'
import type { PlanView } from './plan-view.ts'
import type { Request } from './request.ts'

/**
 * The smallest single change that would make a refused task fit somewhere, as a sentence; null when no single change would.
 *
 * Looks for nodes that exactly one filter rejects, and takes the remedy of least effort among them.
 */
export function wouldFit(view: PlanView, request: Request): string | null {
  let best: Remedy | null = null
  for (const entry of view.snapshot.entries()) {
    let onlyRejection: (typeof filters)[number] | null = null
    let rejections = 0
    for (const filter of filters) {
      if (filter.reach(request) === 'nothing' || filter.reject(request, entry, view.accounts) === null) continue
      rejections++
      onlyRejection = filter
      if (rejections > 1) break
    }
    if (rejections !== 1 || !onlyRejection) continue
    const remedy = onlyRejection.remedy(request, entry, view.accounts)
    if (remedy && (!best || remedy.effort < best.effort)) best = remedy
  }
  return best ? `Would fit with ${best.text}.`.slice(0, 500) : null
}
