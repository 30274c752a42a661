import { type Rollout, type Service, type UnixMs, versionOf } from '@quarterdeck/domain'
import type { ServiceAction, ServiceInput } from './reconcile-service.ts'
import { isHealthy, isSettled } from './replica-state.ts'
import { restartMoment } from './restart-moment.ts'
import { type SlotState, slotStates } from './slot-state.ts'
import { updateFailure } from './update-failure.ts'

/** What an update may do now, and what it says of itself afterwards. */
export type RollingStep = {
  readonly actions: readonly ServiceAction[]
  /** Another than the service's own when something about it changed. */
  readonly rollout: Rollout | null
  /** Another than the service's own when a failed update goes back. */
  readonly specVersion: number
}

/**
 * Puts a budget on what `reconcileService` wants. Replacements begin for as many slots as may be under way at once: `maxParallel` of an
 * update, one at a time for a drain. A slot is under way until its replica has been healthy for `minHealthyMs`. An update pauses after
 * its canaries, and goes back or pauses when a new replica fails.
 */
export function rollingUpdate(input: ServiceInput, wanted: readonly ServiceAction[]): RollingStep {
  const { service, nowMs } = input
  const states = [...slotStates(input.slots, input.tasks, input).values()].filter(({ slot }) =>
    input.slots.includes(slot),
  )
  const { rollout } = service
  if (rollout?.state === 'running' && service.desired === 'running') {
    const failure = updateFailure(service, input.tasks, nowMs)
    if (failure !== null) return { actions: [], ...onFailure(service, rollout, failure, nowMs) }
    if (areCanariesDone(service, rollout, states, nowMs)) {
      const because = `${service.update.canary} of ${states.length} replicas run version ${rollout.toVersion} and are healthy. Resume the update to go on.`
      return { actions: [], rollout: paused(rollout, because, nowMs), specVersion: service.specVersion }
    }
  }
  const actions = withinBudget(service, states, wanted, nowMs)
  const isDone = rollout?.state === 'running' && states.every((state) => isUpdated(service, state, nowMs))
  return {
    actions,
    rollout: isDone ? { ...rollout, state: 'done', sinceMs: nowMs, because: doneSentence(rollout, nowMs) } : rollout,
    specVersion: service.specVersion,
  }
}

function withinBudget(
  service: Service,
  states: readonly SlotState[],
  wanted: readonly ServiceAction[],
  nowMs: UnixMs,
): ServiceAction[] {
  let room = roomFor(service, states, nowMs)
  let spare = service.minAvailable === null ? states.length : healthyCount(service, states) - service.minAvailable
  return wanted.filter((action) => {
    if (action.kind === 'create-task') return action.replaces === null || room-- > 0
    const gap = gapOf(action, states)
    if (!gap) return true
    // One that does not work is no loss: else a version that works for nobody could never be replaced.
    const isLoss = gap.stale.some((task) => isHealthy(service, task))
    if (room <= 0 || (isLoss && spare <= 0)) return false
    room -= 1
    if (isLoss) spare -= 1
    return true
  })
}

/** The slot that is left without a replica when this one stops: stop-first. */
function gapOf(
  action: Extract<ServiceAction, { kind: 'stop-task' }>,
  states: readonly SlotState[],
): SlotState | undefined {
  if (action.reason !== 'outdated' && action.reason !== 'draining') return undefined
  return states.find(({ slot, kept }) => slot === action.slot && kept === null)
}

/** How many more slots may be begun. */
function roomFor(service: Service, states: readonly SlotState[], nowMs: UnixMs): number {
  const { rollout, update } = service
  const underWay = states.filter((state) => isUnderWay(service, state, nowMs)).length
  if (rollout?.state !== 'running') return Math.max(0, 1 - underWay)
  const room = Math.max(0, update.maxParallel - underWay)
  if (rollout.kind !== 'update' || update.canary === 0 || rollout.promoted) return room
  const begun = states.filter(
    ({ kept, stale }) => kept?.replica?.specVersion === rollout.toVersion || (!kept && stale.length === 0),
  )
  return Math.max(0, Math.min(room, update.canary - begun.length))
}

/** Begun and not yet healthy for long enough. A slot that only waits for its replacement is not. */
function isUnderWay(service: Service, state: SlotState, nowMs: UnixMs): boolean {
  if (state.kept) return !isSettled(service, state.kept, nowMs)
  return state.stale.length === 0 && !isComplete(service, state)
}

/** Its last replica of this version ended, and its restart policy leaves it at that. */
function isComplete(service: Service, { lastEnded, going }: SlotState): boolean {
  if (going.length > 0 || lastEnded?.replica?.specVersion !== service.specVersion) return false
  return restartMoment(lastEnded, service.restart) === null
}

function isUpdated(service: Service, state: SlotState, nowMs: UnixMs): boolean {
  const { kept, extra, stale, going } = state
  if (!kept && stale.length === 0 && isComplete(service, state)) return true
  return kept !== null && isSettled(service, kept, nowMs) && extra.length + stale.length + going.length === 0
}

function healthyCount(service: Service, states: readonly SlotState[]): number {
  const live = (state: SlotState) => [...(state.kept ? [state.kept] : []), ...state.stale]
  return states.filter((state) => live(state).some((task) => isHealthy(service, task))).length
}

/** As many as asked for run the new version, each alone in its slot and healthy, and there is more to update. */
function areCanariesDone(service: Service, rollout: Rollout, states: readonly SlotState[], nowMs: UnixMs): boolean {
  const { canary } = service.update
  if (rollout.kind !== 'update' || canary === 0 || rollout.promoted) return false
  const isNew = ({ kept }: SlotState) => kept?.replica?.specVersion === rollout.toVersion
  const canaries = states.filter(isNew)
  if (canaries.length < canary || states.length === canaries.length) return false
  return canaries.every((state) => isUpdated(service, state, nowMs))
}

function onFailure(service: Service, rollout: Rollout, failure: string, nowMs: UnixMs): Omit<RollingStep, 'actions'> {
  const { specVersion } = service
  const mayRevert =
    service.update.onFailure === 'revert' && rollout.kind === 'update' && versionOf(service, rollout.fromVersion)
  if (!mayRevert) return { rollout: paused(rollout, failure, nowMs), specVersion }
  return {
    specVersion: rollout.fromVersion,
    rollout: {
      fromVersion: rollout.toVersion,
      toVersion: rollout.fromVersion,
      state: 'running',
      kind: 'revert',
      startedAtMs: nowMs,
      sinceMs: nowMs,
      because: failure,
      promoted: true,
    },
  }
}

function paused(rollout: Rollout, because: string, nowMs: UnixMs): Rollout {
  return { ...rollout, state: 'paused', sinceMs: nowMs, because: because.slice(0, 500) }
}

function doneSentence({ toVersion, startedAtMs, kind, because }: Rollout, nowMs: UnixMs): string {
  const took = `took ${((nowMs - startedAtMs) / 1_000).toFixed(1)} s`
  return kind === 'revert'
    ? `Every replica runs version ${toVersion} again (${took}). The update had failed: ${because}`.slice(0, 500)
    : `Every replica runs version ${toVersion} (${took}).`
}
