import type { ServiceActPlan } from '@quarterdeck/domain'

/** "Scale web to 5", "Bring web to version 3". */
export function servicePlanTitle({ what, serviceId, toReplicas, toVersion }: ServiceActPlan): string {
  if (what === 'scale') return `Scale ${serviceId} to ${toReplicas}`
  return what === 'rollback'
    ? `Take ${serviceId} back to version ${toVersion}`
    : `Bring ${serviceId} to version ${toVersion}`
}
