import { type ControllerId, clusterError, fail, type Leadership, type Outcome, ok } from '@quarterdeck/domain'
import { sleep } from '@quarterdeck/platform'
import { actorOf, metaOf, ownMeta } from '../actor.ts'
import { replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Caller, ControlService } from '../contract.ts'
import type { Core } from '../core.ts'
import type { RunningElection } from '../leadership/run-election.ts'
import type { TelemetryLane } from '../telemetry/telemetry-lane.ts'

/** A wish that was not carried out within this time is void: by then the operator sees something else than they decided on. */
const WISH_MS_MAX = 10_000
const LOOK_EVERY_MS = 20
/** The target must have read the feed up to this many revisions behind the leader. */
const REVISIONS_BEHIND_MAX = 100

type Wish = NonNullable<Leadership['wanted']>

/**
 * Moves leadership on request. Any controller may be asked: the wish is stored with its audit entry, the leader finds it in the feed and
 * hands over, and the asked one waits until the new leader leads.
 */
export function createTransfer(core: Core): ControlService['transfer'] {
  return async ({ to, reason }, caller) => {
    const startedMs = core.platform.clock.monotonicMs()
    const before = core.leadership.leader()
    if (before?.controllerId === to) return fail(clusterError('wrong_state', `${to} leads already.`))

    const asked = await ask(core, { to, reason }, caller)
    if (!asked.ok) return asked
    while (core.platform.clock.monotonicMs() - startedMs < WISH_MS_MAX) {
      const takeover = core.cache.get('leadership', 'main')?.value.takeovers[0]
      if (takeover?.holder === to && takeover.epoch > (before?.epoch ?? 0)) {
        return ok({ epoch: takeover.epoch, tookMs: Math.round(core.platform.clock.monotonicMs() - startedMs) })
      }
      const refusal = refusalOf(core, asked.value, to)
      if (refusal) return fail(refusal)
      await sleep(core.platform.timers, LOOK_EVERY_MS)
    }
    return fail(
      clusterError('unavailable', `${to} did not take over within ${WISH_MS_MAX / 1_000} s.`, {
        remedy: 'Look at the control plane, then try again.',
      }),
    )
  }
}

/** Stores the wish; its moment names it. */
async function ask(
  core: Core,
  { to, reason }: { readonly to: ControllerId; readonly reason: string },
  caller: Caller,
): Promise<Outcome<Wish>> {
  const done = await commitDraft<Wish>(core, () => {
    const target = core.cache.get('controller', to)?.value
    if (!target) return fail(clusterError('controller_not_found', `There is no controller ${to}.`))
    if (target.state !== 'live')
      return fail(clusterError('wrong_state', `${to} is ${target.state}; only a live controller can lead.`))
    const stored = core.cache.get('leadership', 'main')
    if (!stored || !core.leadership.leader()) {
      return fail(
        clusterError('no_leader', 'Nobody leads at this moment, so there is nothing to hand over.', {
          retryAfterMs: 1_000,
        }),
      )
    }
    const wish: Wish = { controllerId: to, by: actorOf(caller), reason, atMs: core.platform.clock.unixMs() }
    const text = `${caller.me.id} asked for ${to} to lead${reason ? `: ${reason}` : ''}`
    return ok({
      value: wish,
      changes: [replace(stored, { ...stored.value, wanted: wish })],
      meta: metaOf(core, caller, { action: 'control.transfer', target: `controller:${to}`, reason }, [
        { type: 'leader.transfer-requested', subject: { kind: 'controller', id: to }, severity: 'notice', text },
      ]),
    })
  })
  return done.ok ? ok(done.value.value) : done
}

/** The wish is gone and nobody took over: the leader dropped it. */
function refusalOf(core: Core, wish: Wish, to: ControllerId) {
  const now = core.cache.get('leadership', 'main')?.value
  if (!now || now.takeovers[0]?.holder === to) return null
  if (now.wanted?.atMs === wish.atMs && now.wanted.controllerId === to) return null
  return clusterError('unavailable', `Leadership stayed where it is: ${to} could not take it.`, {
    remedy: 'The events say why. Try again.',
  })
}

/** On the leader: carries out the stored wish, or drops it with the reason. Looks at the state, so a new leader finds it too. */
export function carryOutTransfers(core: Core, election: RunningElection, lane: TelemetryLane): void {
  let isBusy = false

  async function look(): Promise<void> {
    const wish = core.cache.get('leadership', 'main')?.value.wanted
    // A wish for this controller ends with the record of its takeover.
    if (!wish || wish.controllerId === core.id || isBusy || core.leadership.fence() === null) return
    isBusy = true
    const refusal = await handOver(wish)
    if (refusal) await drop(core, refusal)
    isBusy = false
  }

  async function handOver(wish: Wish): Promise<string | null> {
    const to = wish.controllerId
    for (;;) {
      if (core.platform.clock.unixMs() - wish.atMs > WISH_MS_MAX)
        return `${to} was not ready within ${WISH_MS_MAX / 1_000} s`
      if (core.leadership.fence() === null) return null
      const pulse = lane.peers().get(to)
      const target = core.cache.get('controller', to)?.value
      if (target?.state !== 'live') return `${to} is not live any more`
      const isWarm =
        pulse?.incarnation === target.incarnation && core.cache.revision - pulse.vitals.revision <= REVISIONS_BEHIND_MAX
      if (isWarm) break
      await sleep(core.platform.timers, LOOK_EVERY_MS)
    }
    const done = await election.handOver(to)
    if (!done.ok) return done.error.message
    // The new leader would find out at its next look; this tells it now.
    lane.tellLeaseMoved()
    return null
  }

  core.cache.subscribe(() => void look())
  core.leadership.subscribe(() => void look())
}

async function drop(core: Core, because: string): Promise<void> {
  await commitDraft(
    core,
    () => {
      const stored = core.cache.get('leadership', 'main')
      if (!stored?.value.wanted) return ok({ value: null, changes: [], meta: ownMeta(core) })
      const { controllerId } = stored.value.wanted
      const event = {
        type: 'leader.transfer-dropped',
        subject: { kind: 'controller', id: controllerId },
        severity: 'warning',
        text: `leadership stays with ${core.id}: ${because}`,
      } as const
      return ok({
        value: null,
        changes: [replace(stored, { ...stored.value, wanted: null })],
        meta: ownMeta(core, [event]),
      })
    },
    { asLeader: true },
  )
}
