import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import type { Platform, Timer } from '@quarterdeck/platform'
import type { RoleOrder } from '../host.ts'
import { endLeftovers, noteProcesses } from './leftovers.ts'

const restartAfterMs = 1_000

export type ControllerHostParts = {
  readonly platform: Platform
  /** Program file of a controller; null when this node may not host one. */
  readonly entry: string | null
  readonly dataFolder: string
}

/** Keeps a controller running beside the agent while this node's role asks for one. */
export class ControllerHost {
  readonly #parts: ControllerHostParts
  #wanted: RoleOrder | null = null
  #child: ChildProcess | null = null
  #timer: Timer | null = null

  constructor(parts: ControllerHostParts) {
    this.#parts = parts
  }

  setRole(order: RoleOrder): void {
    const { entry, platform } = this.#parts
    if (order.role === 'standby' && !entry) {
      platform.log.warn('Asked to host a controller, but QD_ALLOW_CONTROLLER and QD_CONTROLLER_ENTRY do not allow it')
      return
    }
    this.#wanted = order.role === 'standby' ? order : null
    if (this.#wanted) this.#start()
    else this.#child?.kill('SIGTERM')
  }

  /** Stops the controller, which hands its leadership over first, and waits for its end. */
  async stop(): Promise<void> {
    this.#wanted = null
    this.#timer?.cancel()
    const child = this.#child
    if (!child) return
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGTERM')
    await ended
  }

  /** A controller of an earlier keeper holds its port, and nobody watches it: it ends before anything else begins. */
  endLeftover(): Promise<void> {
    return endLeftovers(this.#file(), 'SIGTERM', this.#parts.platform)
  }

  #start(): void {
    const { entry, platform } = this.#parts
    if (this.#child || !this.#wanted || !entry) return
    const { PATH, HOME } = process.env
    const child = spawn(process.execPath, [entry], {
      env: { PATH, HOME, ...this.#wanted.env },
      stdio: ['ignore', 2, 2],
      detached: true,
    })
    this.#child = child
    if (child.pid !== undefined) noteProcesses(this.#file(), [child.pid])
    const onEnd = (because: string) => {
      if (this.#child !== child) return
      this.#child = null
      noteProcesses(this.#file(), [])
      if (!this.#wanted) return
      platform.log.warn('The controller on this node ended and is started again', { because })
      this.#timer = platform.timers.after(restartAfterMs, () => this.#start())
    }
    child.once('error', (cause) => onEnd(cause.message))
    child.once('exit', (code, signal) => onEnd(signal ?? `code ${code}`))
  }

  #file(): string {
    return path.join(this.#parts.dataFolder, 'controller.json')
  }
}
