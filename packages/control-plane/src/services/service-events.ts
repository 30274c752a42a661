import { type ClusterEvent, limits, type Rollout, type Service } from '@quarterdeck/domain'

export function serviceEvent(
  id: Service['id'],
  type: `service.${string}` | `update.${string}`,
  severity: ClusterEvent['severity'],
  text: string,
): ClusterEvent {
  return { type, subject: { kind: 'service', id }, severity, text: text.slice(0, limits.reasonLengthMax) }
}

/** What an operator may want to know of the step from one state of a service to the next. */
export function eventsOfStep(before: Service, after: Service): ClusterEvent[] {
  return [...rolloutEvents(before, after), ...conditionEvents(before, after)]
}

function rolloutEvents({ id, rollout: before }: Service, { rollout: after }: Service): ClusterEvent[] {
  if (!after || before === after) return []
  if (isRevert(before, after)) {
    const text = `Update of ${id} to version ${after.fromVersion} failed and goes back to version ${after.toVersion}: ${after.because}`
    return [serviceEvent(id, 'update.reverted', 'warning', text)]
  }
  if (after.state === 'paused' && before?.state !== 'paused') {
    return [
      serviceEvent(
        id,
        'update.paused',
        'warning',
        `Update of ${id} to version ${after.toVersion} is paused: ${after.because}`,
      ),
    ]
  }
  return after.state === 'done' && before?.state !== 'done'
    ? [serviceEvent(id, 'service.updated', 'notice', `Service ${id} is updated. ${after.because}`)]
    : []
}

function isRevert(before: Rollout | null, after: Rollout): boolean {
  return after.kind === 'revert' && before?.kind !== 'revert'
}

function conditionEvents({ id, condition: before }: Service, { condition: after }: Service): ClusterEvent[] {
  if (before.state === after.state) return []
  if (after.state === 'degraded')
    return [serviceEvent(id, 'service.degraded', 'warning', `Service ${id} is degraded: ${after.because}`)]
  if (after.state !== 'ok') return []
  return before.state === 'degraded'
    ? [serviceEvent(id, 'service.recovered', 'notice', `Service ${id} is well again: ${after.because}`)]
    : [serviceEvent(id, 'service.ready', 'info', `Service ${id} is ready: ${after.because}`)]
}
