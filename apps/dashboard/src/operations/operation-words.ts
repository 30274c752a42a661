import type { Operation } from '@quarterdeck/domain'
import { plural } from '../format/amount.ts'
import { servicePlanTitle } from '../services/service-plan-words.ts'

const verbs: Record<Operation['kind'], string> = {
  drain: 'Drain',
  cordon: 'Cordon',
  uncordon: 'Uncordon',
  remove: 'Remove',
  promote: 'Promote',
  demote: 'Demote',
  rebalance: 'Rebalance',
  plan: 'Plan to drain',
  service: 'Change',
}

/** "Drain web-3", "Cordon 12 nodes". */
export function operationTitle({ kind, nodeIds, service }: Pick<Operation, 'kind' | 'nodeIds' | 'service'>): string {
  if (service) return servicePlanTitle(service.plan)
  return `${verbs[kind]} ${nodeIds.length === 1 ? nodeIds[0] : plural(nodeIds.length, 'node')}`
}

/** Tasks that are gone from their nodes, of all that were there at the start. */
export function operationProgress({ progress }: Pick<Operation, 'progress'>): {
  readonly done: number
  readonly total: number
} {
  const total = progress.reduce((sum, each) => sum + each.tasksAtStart, 0)
  const left = progress.reduce((sum, each) => sum + each.tasksLeft, 0)
  return { done: total - left, total }
}
