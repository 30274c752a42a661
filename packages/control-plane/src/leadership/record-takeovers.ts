import { ok } from '@quarterdeck/domain'
import { sleep } from '@quarterdeck/platform'
import { ownMeta } from '../actor.ts'
import { put, replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Core } from '../core.ts'
import type { RunningElection } from './run-election.ts'
import { electedEvent, type NewReign, withFirstDecision, withTakeover } from './takeover-record.ts'

const STALE_RETRY_MS = 1_000

/** The stopwatch of the reign that goes on. */
type Stopwatch = {
  readonly epoch: number
  readonly gainedAtMs: number
  isRecorded: boolean
  firstDecisionMs: number | null
}

/** Keeps the history of leadership: who took over, how, with its stopwatch, and how many writes of deposed leaders were refused. */
export function recordTakeovers(core: Core, election: RunningElection): void {
  let stopwatch: Stopwatch | null = null

  election.onReign((reign, gainedAtMs) => {
    core.counters.takeovers++
    const own: Stopwatch = { epoch: reign.epoch, gainedAtMs, isRecorded: false, firstDecisionMs: null }
    stopwatch = own
    void storeTakeover(core, reign).then(() => {
      own.isRecorded = true
      if (own.firstDecisionMs !== null) void storeFirstDecision(core, own.epoch, own.firstDecisionMs)
    })
  })

  election.onDecided(() => {
    if (!stopwatch || stopwatch.firstDecisionMs !== null) return
    stopwatch.firstDecisionMs = Math.round(core.platform.clock.monotonicMs() - stopwatch.gainedAtMs)
    if (stopwatch.isRecorded) void storeFirstDecision(core, stopwatch.epoch, stopwatch.firstDecisionMs)
  })

  election.onStaleWrite(staleWriteCount(core))
}

/** The first write of a reign. It does not stop the stopwatch: it decides nothing. */
async function storeTakeover(core: Core, reign: NewReign): Promise<void> {
  for (;;) {
    const fence = core.leadership.fence()
    const stored = core.cache.get('leadership', 'main')
    // A leader that finds its own lease still in force after a pause goes on with the same reign.
    if (fence?.epoch !== reign.epoch || stored?.value.takeovers[0]?.epoch === reign.epoch) return

    const next = withTakeover(stored?.value, reign, core.platform.clock.unixMs())
    const event = electedEvent(reign, next.takeovers[0]?.how ?? 'first')
    try {
      const change = put('leadership', next, stored?.revision ?? 0)
      const reply = await core.committer.commit({ fence, changes: [change], meta: ownMeta(core, [event]) }, 'priority')
      if (reply.status === 'committed') return
      if (reply.status === 'fenced') return core.leadership.fenced()
      await core.cache.fresh()
    } catch {
      await sleep(core.platform.timers, core.timings.candidatePollMs)
    }
  }
}

async function storeFirstDecision(core: Core, epoch: number, firstDecisionMs: number): Promise<void> {
  await commitDraft(
    core,
    () => {
      const stored = core.cache.get('leadership', 'main')
      const changes = stored ? [replace(stored, withFirstDecision(stored.value, epoch, firstDecisionMs))] : []
      return ok({ value: null, changes, meta: ownMeta(core) })
    },
    { asLeader: true },
  )
}

/** Refused writes are counted by the deposed leader itself, as soon as the store lets it write again. */
function staleWriteCount(core: Core): () => void {
  let waiting = 0
  let isStoring = false

  async function store(): Promise<void> {
    isStoring = true
    while (waiting > 0) {
      const count = waiting
      const done = await commitDraft(core, () => draftStaleWrites(core, count))
      if (done.ok) waiting -= count
      else await sleep(core.platform.timers, STALE_RETRY_MS)
    }
    isStoring = false
  }

  return () => {
    waiting++
    if (!isStoring) void store()
  }
}

function draftStaleWrites(core: Core, count: number) {
  const stored = core.cache.get('leadership', 'main')
  if (!stored) return ok({ value: null, changes: [], meta: ownMeta(core) })
  const next = { ...stored.value, staleWritesRefused: stored.value.staleWritesRefused + count }
  const text = `${count} late ${count === 1 ? 'write' : 'writes'} of ${core.id} refused: it no longer led`
  const event = {
    type: 'leader.fenced',
    subject: { kind: 'controller', id: core.id },
    severity: 'warning',
    text,
  } as const
  return ok({ value: null, changes: [replace(stored, next)], meta: ownMeta(core, [event]) })
}
