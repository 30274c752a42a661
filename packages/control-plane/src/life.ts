import { sleep } from '@quarterdeck/platform'
import { type Hello, OutcomeUnknown, StoreAway } from '@quarterdeck/store'
import type { OwnRecord } from './controllers/keep-own-record.ts'
import type { Core } from './core.ts'
import type { RunningElection } from './leadership/run-election.ts'
import type { TelemetryLane } from './telemetry/telemetry-lane.ts'

const STORE_RETRY_MS = 250
/** A peer that was heard this recently can be handed leadership to. */
const HEIR_HEARD_MS_MAX = 1_000

type Part = { start(): void; stop(): void }

type Deps = {
  readonly election: RunningElection
  readonly lane: TelemetryLane
  readonly gateway: { start(): void; stop(reason: string): void }
  readonly ownRecord: OwnRecord
  /** Loops and watches, in the order in which they start. */
  readonly parts: readonly Part[]
  readonly onHello: (hello: Hello) => void
}

/** Start and planned stop of one controller. An unplanned one needs no code here: the others notice. */
export function runLife(core: Core, deps: Deps): { start(): Promise<void>; stop(): Promise<void> } {
  const { election, lane, gateway, ownRecord, parts } = deps
  let isStopped = false

  async function untilStoreAnswers<Value>(call: () => Promise<Value>): Promise<Value | null> {
    while (!isStopped) {
      try {
        return await call()
      } catch (error) {
        // Waiting helps only against a store that is away; one that must not be used stays so.
        if (!(error instanceof StoreAway || error instanceof OutcomeUnknown)) throw error
        await sleep(core.platform.timers, STORE_RETRY_MS)
      }
    }
    return null
  }

  /** Somebody who can lead at once, so that a planned stop costs no election. */
  function heir() {
    const nowMs = core.platform.clock.monotonicMs()
    return [...lane.peers().values()].find(({ controllerId, incarnation, heardAtMs }) => {
      const peer = core.cache.get('controller', controllerId)?.value
      return peer?.state === 'live' && peer.incarnation === incarnation && nowMs - heardAtMs <= HEIR_HEARD_MS_MAX
    })
  }

  return {
    async start() {
      const hello = await untilStoreAnswers(() => core.store.hello())
      if (hello) deps.onHello(hello)
      gateway.start()
      await core.cache.start()
      await untilStoreAnswers(() => lane.start())
      for (const part of parts) part.start()
      ownRecord.start()
      await untilStoreAnswers(() => election.start())
    },

    async stop() {
      isStopped = true
      const next = core.leadership.fence() ? heir() : undefined
      if (next && (await election.handOver(next.controllerId)).ok) lane.tellLeaseMoved()
      await election.resign()
      for (const part of parts) part.stop()
      gateway.stop(`${core.id} is being stopped`)
      await ownRecord.leave().catch(() => undefined)
      lane.stop()
      core.cache.stop()
    },
  }
}
