import { type AttemptRef, attemptKey, type Driver, type DriverExit } from '@quarterdeck/agent'
import type { SimProcess } from '../world/sim-process.ts'
import type { ProgramEnd, Programs } from './programs.ts'
import { HANDLER, workOf } from './work.ts'

export type SimDriverParts = {
  readonly name: Driver['name']
  readonly keeper: SimProcess
  readonly programs: Programs
  readonly onStart: (key: string, driver: Driver['name']) => void
}

const SPAWN_MS_MAX = 5

/** Runs simulated programs for one life of a keeper. `exec` programs outlive it and are found again; handlers die with it. */
export function createSimDriver({ name, keeper, programs, onStart }: SimDriverParts): Driver {
  const { timers, random } = keeper.platform
  const waits = new Map<string, Promise<DriverExit>>()

  const watch = (key: string) => {
    const end = new Promise<ProgramEnd>((resolve) => programs.onEnd(key, (how) => keeper.deliver(() => resolve(how))))
    waits.set(key, end.then(exitOf))
  }

  return {
    name,
    fingerprint: () => ({ unavailable: null, handlers: name === 'handler' ? [HANDLER] : [] }),
    prepare: async () => ({ ok: true, value: null }),
    start(assignment) {
      const key = attemptKey(assignment)
      return new Promise((resolve) => {
        timers.after(random.next() * SPAWN_MS_MAX, () => {
          programs.start(assignment, workOf(assignment))
          onStart(key, name)
          watch(key)
          resolve({ ok: true, value: { key } })
        })
      })
    },
    async wait(ref) {
      const exit = waits.get(attemptKey(ref))
      if (!exit) throw new Error(`${attemptKey(ref)} was never started or recovered here`)
      return await exit
    },
    async stop(ref: AttemptRef, how) {
      programs.signal(attemptKey(ref), how)
    },
    async recover(assignment, handle) {
      const key = attemptKey(assignment)
      if (!programs.isRunning(key)) return 'gone'
      watch(key)
      if (handle) return 'running'
      programs.signal(key, 'kill')
      await waits.get(key)
      return 'gone'
    },
    async remove(ref) {
      waits.delete(attemptKey(ref))
    },
  }
}

function exitOf({ code, signal }: ProgramEnd): DriverExit {
  return { exit: { code, signal, error: null, outOfMemory: false }, usage: { cpuMs: null, memoryBytesMax: null } }
}
