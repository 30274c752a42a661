import type { Fence, HeldAttempt, Report } from '@quarterdeck/domain/wire'
import { attemptKey } from '../attempt.ts'
import type { AttemptHost, HostAbilities } from '../host.ts'
import { judgeFence } from '../runner/fence.ts'
import type { FromKeeper, ToKeeper } from './keeper-messages.ts'
import { toMachineMs } from './machine-clock.ts'

/** The keeper, seen from the agent's process: orders go out as messages, and its reports keep a copy of what is held. */
export class RemoteHost implements AttemptHost {
  readonly #send: (message: ToKeeper) => void
  readonly #held = new Map<string, HeldAttempt>()
  /** The latest report on what is not settled. */
  readonly #latest = new Map<string, Report>()
  readonly #listeners = new Set<(report: Report) => void>()
  readonly #fences = new Map<string, Fence>()
  #abilities: HostAbilities = { drivers: [], handlers: [], isolation: 'none' }

  constructor(send: (message: ToKeeper) => void) {
    this.#send = send
  }

  /** Takes in what the keeper said. */
  take(message: FromKeeper): void {
    switch (message.kind) {
      case 'hello':
        for (const held of message.held) this.#held.set(attemptKey(held), held)
        for (const fence of message.fences) this.#fences.set(fence.shard, fence)
        this.#abilities = message.abilities
        return
      case 'report':
        this.#note(message.report)
        for (const listener of this.#listeners) listener(message.report)
        return
      case 'leave':
        return
      default:
        message satisfies never
    }
  }

  held(): readonly HeldAttempt[] {
    return [...this.#held.values()]
  }

  fences(): readonly Fence[] {
    return [...this.#fences.values()]
  }

  abilities(): HostAbilities {
    return this.#abilities
  }

  run(assignment: Parameters<AttemptHost['run']>[0]): void {
    // The keeper decides and remembers; this copy is what the next registration tells.
    const { fence } = assignment
    const verdict = judgeFence(this.#fences.get(fence.shard), fence)
    if (verdict.obey && verdict.newer) this.#fences.set(fence.shard, fence)
    this.#send({ kind: 'run', assignment })
  }

  stop(order: Parameters<AttemptHost['stop']>[0]): void {
    const held = this.#held.get(attemptKey(order.ref))
    if (held && held.state !== 'ended') this.#held.set(attemptKey(order.ref), { ...held, state: 'stopping' })
    this.#send({ kind: 'stop', order })
  }

  settle(refs: Parameters<AttemptHost['settle']>[0]): void {
    for (const ref of refs) {
      this.#held.delete(attemptKey(ref))
      this.#latest.delete(attemptKey(ref))
    }
    this.#send({ kind: 'settle', refs })
  }

  confirm({ sentAtMs, stopAfterMs }: Parameters<AttemptHost['confirm']>[0]): void {
    this.#send({ kind: 'confirm', sentAtMs: toMachineMs(sentAtMs), stopAfterMs })
  }

  setRole(order: Parameters<AttemptHost['setRole']>[0]): void {
    this.#send({ kind: 'role', order })
  }

  observe(listener: (report: Report) => void): () => void {
    this.#listeners.add(listener)
    for (const report of this.#latest.values()) listener(report)
    return () => this.#listeners.delete(listener)
  }

  #note(report: Report): void {
    const key = attemptKey(report)
    const { taskId, attempt } = report
    const known = this.#held.get(key)
    if (report.kind !== 'progress' && report.kind !== 'health' && report.kind !== 'measured')
      this.#latest.set(key, report)
    if (report.kind === 'accepted' && !known)
      this.#held.set(key, { taskId, attempt, state: 'accepted', startedAtMs: null })
    if (report.kind === 'started') {
      const state = known?.state === 'stopping' ? 'stopping' : 'running'
      this.#held.set(key, { taskId, attempt, state, startedAtMs: report.atMs })
    }
    if (report.kind === 'ended')
      this.#held.set(key, { taskId, attempt, state: 'ended', startedAtMs: report.startedAtMs })
    if (report.kind === 'rejected') this.#held.delete(key)
  }
}
