import type { ControlPlane } from '@quarterdeck/control-plane'
import { type ControllerId, controllerIdSchema, incarnationSchema } from '@quarterdeck/domain'
import type { Recorder } from '../history/recorder.ts'
import type { Network } from '../network/network.ts'
import { openSimStore } from '../store-model/sim-store.ts'
import type { StoreModel } from '../store-model/store-model.ts'
import { type Death, type MachineClock, type SimProcess, startProcess } from '../world/sim-process.ts'
import type { World } from '../world/world.ts'
import { assembleControlPlane } from './assemble-control-plane.ts'

/** A machine that runs one controller, life after life. */
export type SimController = {
  readonly id: ControllerId
  readonly url: string
  readonly clock: MachineClock
  readonly isRunning: boolean
  /** Its present life; null while it is down. */
  readonly life: { readonly process: SimProcess; readonly controlPlane: ControlPlane } | null
  start(): void
  crash(how: Death): void
  pause(): void
  resume(): void
}

export type SimControllerParts = {
  readonly world: World
  readonly network: Network
  readonly store: StoreModel
  readonly recorder: Recorder
  readonly name: string
  readonly clock: MachineClock
}

export function createSimController({
  world,
  network,
  store,
  recorder,
  name,
  clock,
}: SimControllerParts): SimController {
  const id = controllerIdSchema.parse(name)
  const url = `http://${name}`
  let life: SimController['life'] = null

  return {
    id,
    url,
    clock,
    get isRunning() {
      return life !== null
    },
    get life() {
      return life
    },
    start() {
      if (life) return
      const process = startProcess({ world, name, clock, onLog: recorder.log })
      const { platform } = process
      const assembled = assembleControlPlane({
        platform,
        store: openSimStore({ world, network, model: store, client: { host: name, process } }),
        identity: { id, url, incarnation: incarnationSchema.parse(platform.ids.next('c')) },
      })
      life = { process, controlPlane: assembled.controlPlane }
      void assembled.start()
    },
    crash(how) {
      life?.process.kill(how)
      life = null
    },
    pause: () => life?.process.pause(),
    resume: () => life?.process.resume(),
  }
}
