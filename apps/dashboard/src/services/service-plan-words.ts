import type { ServiceActPlan } from '@quarterdeck/domain'

/** "Make web", "Scale web to 5", "Bring web to version 3". */
export function servicePlanTitle({ what, serviceId, fromVersion, toReplicas, toVersion }: ServiceActPlan): string {
  if (fromVersion === 0) return `Make ${serviceId}`
  if (what === 'scale') return `Scale ${serviceId} to ${toReplicas}`
  return what === 'rollback'
    ? `Take ${serviceId} back to version ${toVersion}`
    : `Bring ${serviceId} to version ${toVersion}`
}
