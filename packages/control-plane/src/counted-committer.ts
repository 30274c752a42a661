import type { Platform } from '@quarterdeck/platform'
import type { Committer } from '@quarterdeck/store'
import type { Counters } from './counters.ts'

export type CountedCommitter = Committer & {
  /** Resolves when no commit of a leader is under way any more, or after `maxMs`. */
  leaderIdle(maxMs: number): Promise<void>
}

/** Counts what goes through, and knows when the last fenced write has been answered. */
export function countedCommitter(committer: Committer, counters: Counters, platform: Platform): CountedCommitter {
  let fencedInFlight = 0
  const idleListeners = new Set<() => void>()

  return {
    get waiting() {
      return committer.waiting
    },
    async commit(request, lane) {
      if (request.fence) fencedInFlight++
      try {
        const reply = await committer.commit(request, lane)
        if (reply.status === 'committed') counters.commits++
        if (reply.status === 'conflict') counters.conflicts++
        if (reply.status === 'fenced') counters.fenced++
        return reply
      } finally {
        if (request.fence && --fencedInFlight === 0) for (const resolve of [...idleListeners]) resolve()
      }
    },
    leaderIdle(maxMs) {
      if (fencedInFlight === 0) return Promise.resolve()
      return new Promise((resolve) => {
        const done = () => {
          timer.cancel()
          idleListeners.delete(done)
          resolve()
        }
        const timer = platform.timers.after(maxMs, done)
        idleListeners.add(done)
      })
    },
  }
}
