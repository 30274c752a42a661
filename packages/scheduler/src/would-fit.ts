import type { Filter } from './filter.ts'
import { filters } from './filters/registry.ts'
import type { NodeEntry } from './node-entry.ts'
import { entryAt, type PlanView } from './plan-view.ts'
import type { Request } from './request.ts'

type Best = { readonly filter: Filter; readonly entry: NodeEntry; readonly effort: number }

/**
 * The smallest single change that would make a refused task fit somewhere, as a sentence; null when no single change would.
 *
 * Looks for nodes that exactly one filter rejects, and takes the one of least effort among them.
 */
export function wouldFit(view: PlanView, request: Request): string | null {
  const asked: readonly Filter[] = filters.filter((filter) => filter.reach(request) !== 'nothing')
  const ofClass = asked.filter((filter) => filter.reach(request) === 'class')
  const ofNode = asked.filter((filter) => filter.reach(request) === 'node')
  let best: Best | null = null

  for (const { sample, members } of view.snapshot.classes.all()) {
    const classRejections = ofClass.filter((filter) => filter.reject(request, sample, view.accounts) !== null)
    if (classRejections.length > 1) continue
    for (const index of members) {
      const entry = entryAt(view, index)
      const filter = onlyRejection(view, request, entry, classRejections[0], ofNode)
      const effort = filter?.effort(request, entry, view.accounts) ?? null
      if (filter && effort !== null && (!best || effort < best.effort)) best = { filter, entry, effort }
    }
  }
  if (!best) return null
  return `Would fit with ${best.filter.remedy(request, best.entry, view.accounts)}.`.slice(0, 500)
}

/** The filter that alone rejects this node; undefined when there are more. */
function onlyRejection(
  view: PlanView,
  request: Request,
  entry: NodeEntry,
  ofClass: Filter | undefined,
  ofNode: readonly Filter[],
): Filter | undefined {
  let only = ofClass
  for (const filter of ofNode) {
    if (filter.reject(request, entry, view.accounts) === null) continue
    if (only) return undefined
    only = filter
  }
  return only
}
