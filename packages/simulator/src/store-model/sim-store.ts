import type { Incarnation } from '@quarterdeck/domain'
import { type Commit, type CommitReply, OutcomeUnknown, type Store, StoreAway } from '@quarterdeck/store'
import { type Gate, openMemoryStore } from '@quarterdeck/store/memory'
import type { Endpoint } from '../network/connection.ts'
import type { Network } from '../network/network.ts'
import { chance, exponential } from '../world/random-streams.ts'
import type { World } from '../world/world.ts'
import type { StoreModel } from './store-model.ts'

export type SimStoreParts = {
  readonly world: World
  readonly network: Network
  readonly model: StoreModel
  readonly client: Endpoint
}

const STORE = 'store'
/** A client gives a call up after this long; a late one may still be carried out. */
const CALL_TIMEOUT_MS = 1_000
/** And finds out that there is no connection after this long. */
const REFUSED_MS = 20
const RECONNECT_MS = 200
/** The store takes a silent client for dead after this long. */
const SILENT_CLIENT_MS = 5_000

/** The store as one controller has it: over a network, through a primary that can be slow, away, or another one than before. */
export function openSimStore({ world, network, model, client }: SimStoreParts): Store {
  const random = world.random(`store client ${client.process.name}`)
  const { process, host } = client
  let sending: readonly Commit[] = []
  let connectedTerm = model.term
  const announced = new Set<Incarnation>()

  /** Readers wait for the feed on a connection of their own, so the time of that wait is not part of a call. */
  const gate: Gate = <Reply>(call: string, act: () => Reply) => {
    const commits = sending
    return new Promise<Reply>((resolve, reject) => {
      let isSettled = false
      const settle = (settleWith: () => void) => {
        if (isSettled) return
        isSettled = true
        timeout.cancel()
        process.deliver(settleWith)
      }
      let timeout = { cancel() {} }
      if (!isConnected()) {
        world.after(REFUSED_MS, () => settle(() => reject(new StoreAway('not connected to the store'))))
        return
      }
      const term = model.term
      timeout = world.after(CALL_TIMEOUT_MS, () =>
        settle(() => reject(new OutcomeUnknown(`${call}: no answer within ${CALL_TIMEOUT_MS} ms`))),
      )

      arrive(() => {
        // What was on its way to a primary that is no more never happens.
        if (model.term !== term) return
        if (call === 'durable' && model.lags) {
          if (chance(random, 0.5)) return
          model.catchUp()
        }
        let reply: Reply
        try {
          reply = act()
        } catch (error) {
          settle(() => reject(error))
          return
        }
        if (call === 'commit') model.recordCommits(process.name, commits, reply as readonly CommitReply[])
        if (chance(random, model.lostReplyShare)) return
        leave(() => settle(() => resolve(reply)))
      })
    })
  }

  const inner = openMemoryStore(model.server, process.platform, { gate })

  process.onKill((how) => {
    // A killed process's sockets are closed by its kernel, and the store hears of it when packets get through.
    if (how === 'silent' || network.isBlocked(host, STORE)) world.after(SILENT_CLIENT_MS, () => void inner.close())
    else world.after(network.latencyMs(host), () => void inner.close())
  })
  watchConnection()

  return {
    ...inner,
    commit(commits) {
      sending = commits
      try {
        return inner.commit(commits)
      } finally {
        sending = []
      }
    },
    subscribeTelemetry: (listener) =>
      inner.subscribeTelemetry((message) => {
        if (isConnected() && !chance(random, model.lostReplyShare)) listener(message)
      }),
    onHistory: (listener) =>
      inner.onHistory((hello) => {
        const tell = () => {
          if (isConnected()) process.deliver(() => listener(hello))
          else if (process.isAlive) world.after(RECONNECT_MS, tell)
        }
        tell()
      }),
    presence: {
      announce: async (incarnation) => {
        announced.add(incarnation)
        await inner.presence.announce(incarnation)
      },
      isPresent: inner.presence.isPresent,
    },
  }

  function isConnected(): boolean {
    return connectedTerm === model.term && !model.isAway && !isCutOff()
  }

  function isCutOff(): boolean {
    return network.isBlocked(host, STORE) || network.isBlocked(STORE, host)
  }

  function serviceMs(): number {
    return model.slowMs > 0 ? exponential(random, model.slowMs) : 0
  }

  /** Carries a request there; one that meets a blocked path is sent again until it gets through. */
  function arrive(act: () => void) {
    world.after(network.latencyMs(host) + serviceMs(), () => {
      if (model.isAway || network.isBlocked(host, STORE)) world.after(RECONNECT_MS, () => arrive(act))
      else act()
    })
  }

  function leave(act: () => void) {
    world.after(network.latencyMs(host), () => {
      if (network.isBlocked(STORE, host)) world.after(RECONNECT_MS, () => leave(act))
      else act()
    })
  }

  /** Connects to a new primary, and says again who is alive: a process that stands still does neither. */
  function watchConnection() {
    let silentSinceMs: number | null = null
    const look = () => {
      if (!process.isAlive) return
      const canConnect = !model.isAway && !isCutOff()
      silentSinceMs = canConnect ? null : (silentSinceMs ?? world.nowMs())
      if (silentSinceMs !== null && world.nowMs() - silentSinceMs > SILENT_CLIENT_MS) forgetPresence()
      if (canConnect && !process.isPaused) {
        connectedTerm = model.term
        for (const incarnation of announced) {
          if (!model.server.present.includes(incarnation)) model.server.present.push(incarnation)
        }
      }
      world.after(RECONNECT_MS, look)
    }
    world.after(RECONNECT_MS * random.next(), look)
  }

  function forgetPresence() {
    for (const incarnation of announced) {
      const index = model.server.present.indexOf(incarnation)
      if (index >= 0) model.server.present.splice(index, 1)
    }
  }
}
