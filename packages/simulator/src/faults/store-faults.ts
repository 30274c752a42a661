import { chance } from '../world/random-streams.ts'
import { duration, type FaultKind } from './fault.ts'

export const storeFailover: FaultKind = {
  name: 'store-failover',
  strike({ store, world }, random) {
    if (store.isAway || store.lags) return null
    store.startLag()
    const lagMs = chance(random, 0.3) ? 0 : random.next() * 2_000
    const awayMs = 50 + random.next() * 3_000
    const death = world.after(lagMs, () => {
      store.isAway = true
    })
    return {
      what: `the store's primary dies, its replica ${Math.round(lagMs)} ms behind`,
      forMs: lagMs + awayMs,
      end: () => {
        death.cancel()
        store.failOver()
        store.isAway = false
      },
    }
  },
}

export const storeLag: FaultKind = {
  name: 'store-lag',
  strike({ store }, random) {
    if (store.isAway || store.lags) return null
    store.startLag()
    return { what: "the store's replica lags", forMs: duration(random, 10_000), end: () => store.catchUp() }
  },
}

/** Also a restart with everything on disk: clients must take it for a new history all the same. */
export const storeAway: FaultKind = {
  name: 'store-away',
  strike({ store }, random) {
    if (store.isAway || store.lags) return null
    store.isAway = true
    const restarts = chance(random, 0.5)
    return {
      what: restarts ? 'the store restarts' : 'the store does not answer',
      forMs: duration(random, 30_000),
      end: () => {
        if (restarts) store.failOver()
        store.isAway = false
      },
    }
  },
}

export const slowStore: FaultKind = {
  name: 'slow-store',
  strike({ store }, random) {
    if (store.slowMs > 0) return null
    store.slowMs = 20 + random.nextInt(800)
    return {
      what: `the store takes ${store.slowMs} ms longer`,
      forMs: duration(random, 15_000),
      end: () => {
        store.slowMs = 0
      },
    }
  },
}

export const lostReplies: FaultKind = {
  name: 'lost-replies',
  strike({ store }, random) {
    if (store.lostReplyShare > 0) return null
    store.lostReplyShare = 0.02 + random.next() * 0.2
    return {
      what: `${Math.round(store.lostReplyShare * 100)} % of the store's replies get lost`,
      forMs: duration(random, 15_000),
      end: () => {
        store.lostReplyShare = 0
      },
    }
  },
}

export const storeClockJump: FaultKind = {
  name: 'store-clock-jump',
  strike({ store }, random) {
    const jumpMs = Math.round((random.next() * 2 - 1) * 3_600_000)
    store.clock.jumpMs = jumpMs
    return {
      what: `the store's clock jumps by ${Math.round(jumpMs / 1_000)} s`,
      forMs: duration(random, 20_000),
      end: () => {
        store.clock.jumpMs = 0
      },
    }
  },
}
