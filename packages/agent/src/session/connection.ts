import type { MonotonicMs } from '@quarterdeck/domain'
import type { Command, RegisterReply } from '@quarterdeck/domain/wire'
import type { Timer } from '@quarterdeck/platform'
import { attemptKey } from '../attempt.ts'
import { type AgentLink, LinkRefusal } from '../link.ts'
import type { AgentParts } from './agent.ts'
import type { DesiredSet } from './desired-set.ts'
import { LogStreams } from './log-streams.ts'

/** Why a session is over, and how to go on: a wanted delay before the next dial, or null for the usual one. */
export type ConnectionEnd = { readonly because: string; readonly spreadMs: number | null }

export type ConnectionParts = AgentParts & {
  readonly link: AgentLink
  readonly session: RegisterReply
  readonly desired: DesiredSet
  readonly onControllers: (urls: readonly string[]) => void
}

const beatJitterShare = 0.1

/** One session with one controller, after it was registered: beats out, commands in, until something ends it. */
export class Connection {
  readonly ended: Promise<ConnectionEnd>
  readonly #parts: ConnectionParts
  readonly #streams: LogStreams
  readonly #timers = new Set<Timer>()
  #end: (end: ConnectionEnd) => void = () => {}
  #beatIntervalMs: number
  #seq = 0
  #answeredAtMs: MonotonicMs
  #checkedAtMs: MonotonicMs

  constructor(parts: ConnectionParts) {
    const { platform, link, session, host } = parts
    this.#parts = parts
    this.#beatIntervalMs = session.beatIntervalMs
    this.#answeredAtMs = platform.clock.monotonicMs()
    this.#checkedAtMs = this.#answeredAtMs
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    this.#streams = new LogStreams({
      platform,
      reader: parts.logReader,
      sessionId: session.sessionId,
      send: (chunk) => link.logs(chunk),
      bufferedBytes: () => link.bufferedBytes(),
      isAlive: (key) => host.held().some((held) => held.state !== 'ended' && attemptKey(held) === key),
    })
  }

  start(): void {
    const { link, session } = this.#parts
    void link.closed.then((because) => this.#end({ because, spreadMs: null }))
    link.commands(session.sessionId, {
      onCommand: (command) => this.#onCommand(command),
      onEnd: (because) => this.#end({ because, spreadMs: null }),
    })
    void this.#beat()
    this.#watchReplies()
  }

  close(): void {
    for (const timer of this.#timers) timer.cancel()
    this.#streams.stopAll()
    this.#parts.link.close()
    this.#end({ because: 'closed by this agent', spreadMs: null })
  }

  async #beat(): Promise<void> {
    const { link, session, probes, host, desired, platform } = this.#parts
    const sentAtMs = platform.clock.monotonicMs()
    const { random } = platform
    this.#after(this.#beatIntervalMs * (1 + beatJitterShare * (2 * random.next() - 1)), () => void this.#beat())
    try {
      const tasksRunning = host.held().filter(({ state }) => state === 'running' || state === 'stopping').length
      const reply = await link.beat({
        sessionId: session.sessionId,
        seq: this.#seq++,
        digest: desired.digest(),
        load: { ...probes.sample(), tasksRunning },
      })
      this.#answeredAtMs = platform.clock.monotonicMs()
      this.#beatIntervalMs = reply.beatIntervalMs
      // Counted from the sending: the controller counts from receiving, which is later, so this side always gives up first.
      if (!reply.isolated) host.confirm({ sentAtMs, stopAfterMs: session.exclusiveStopAfterMs })
    } catch (cause) {
      if (cause instanceof LinkRefusal)
        this.#end({ because: `the controller refused a beat: ${cause.message}`, spreadMs: cause.retryAfterMs })
      else platform.log.debug('A beat was not answered', { because: String(cause) })
    }
  }

  /** Leaves a controller that does not answer: the socket of a hung machine stays open for minutes. */
  #watchReplies(): void {
    const { platform, session } = this.#parts
    const checkEveryMs = Math.max(50, session.replyTimeoutMs / 4)
    this.#after(checkEveryMs, () => {
      const nowMs = platform.clock.monotonicMs()
      // This process stood still itself: the answers may lie unread in its socket.
      if (nowMs - this.#checkedAtMs > 4 * checkEveryMs) this.#answeredAtMs = nowMs
      this.#checkedAtMs = nowMs
      const silentMs = nowMs - this.#answeredAtMs
      const patienceMs = Math.max(session.replyTimeoutMs, 2 * this.#beatIntervalMs)
      if (silentMs > patienceMs) this.#end({ because: `no reply for ${Math.round(silentMs)} ms`, spreadMs: null })
      else this.#watchReplies()
    })
  }

  #onCommand(command: Command): void {
    const { host, desired, platform } = this.#parts
    switch (command.kind) {
      case 'desired':
        for (const order of desired.apply(command, command.whole || command.released.length > 0 ? host.held() : [])) {
          if (order.kind === 'run') host.run(order.assignment)
          else host.stop(order)
        }
        return
      case 'acknowledged':
        host.settle(command.attempts)
        desired.forget(command.attempts)
        return
      case 'role':
        host.setRole({ role: command.role, env: command.env })
        return
      case 'stream-log':
        this.#streams.start(command)
        return
      case 'stop-log':
        this.#streams.stop(command.streamId)
        return
      case 'goaway':
        this.#end({ because: `the controller asked to go: ${command.reason}`, spreadMs: command.spreadMs })
        return
      case 'timings':
        this.#beatIntervalMs = command.beatIntervalMs
        return
      case 'controllers':
        this.#parts.onControllers(command.urls)
        return
      default:
        // A newer controller may know more commands; the digest shows it that this node did not act.
        platform.log.warn('Ignored an unknown command', { kind: (command satisfies never as Command).kind })
    }
  }

  #after(ms: number, act: () => void): void {
    const timer = this.#parts.platform.timers.after(ms, () => {
      this.#timers.delete(timer)
      act()
    })
    this.#timers.add(timer)
  }
}
