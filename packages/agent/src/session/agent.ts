import { type RegisterReply, type RegisterRequest, WIRE_VERSION } from '@quarterdeck/domain/wire'
import { type Platform, sleep, type Timer } from '@quarterdeck/platform'
import type { LogReader } from '../attempt-logs.ts'
import type { AttemptHost } from '../host.ts'
import { type AgentLink, type LinkDialer, LinkRefusal } from '../link.ts'
import type { Probes } from '../probes.ts'
import { Connection } from './connection.ts'
import { DesiredSet } from './desired-set.ts'
import { dialPatienceMs, reconnectDelayMs } from './reconnect-delay.ts'
import { Reporter } from './reporter.ts'

/** How this node describes itself; what it can do is asked of the host at each registration. */
export type NodeDescription = Pick<
  RegisterRequest,
  'incarnation' | 'zone' | 'region' | 'labels' | 'pool' | 'capacity'
> & {
  readonly facts: Omit<RegisterRequest['facts'], 'drivers' | 'handlers' | 'isolation'>
}

export type AgentParts = {
  readonly platform: Platform
  readonly dial: LinkDialer
  readonly host: AttemptHost
  readonly probes: Probes
  readonly logReader: LogReader
  readonly node: NodeDescription
  /** Controllers to dial, at least one. */
  readonly controllers: readonly string[]
  /** Called when the cluster named other controllers, so that a restart dials those. */
  readonly saveControllers: (urls: readonly string[]) => void
}

const goodbyeTimeoutMs = 2_000

/** Nothing came back in time. Whatever else goes wrong with a dial is an answer. */
class Unanswered extends Error {}

/**
 * The agent's side of membership: it keeps one session with some controller, for ever.
 *
 * It holds nothing that matters: attempts and results are with the host, the truth about what should run is with the control plane. So
 * it may die and start again at any moment.
 */
export class Agent {
  readonly #parts: AgentParts
  readonly #desired = new DesiredSet()
  readonly #reporter: Reporter
  #controllers: readonly string[]
  #next: number
  #last = ''
  #connection: { readonly link: AgentLink; readonly live: Connection; readonly session: RegisterReply } | null = null
  /** Over how long the agents of this cluster spread their return, as a controller said last; null before the first session. */
  #spreadMs: number | null = null
  #isStopped = false
  #wake: () => void = () => {}
  #unobserve: () => void = () => {}
  #finished: Promise<void> = Promise.resolve()

  constructor(parts: AgentParts) {
    this.#parts = parts
    this.#controllers = parts.controllers
    // Agents start on different controllers, else the first of the list would carry them all.
    this.#next = parts.platform.random.nextInt(Math.max(1, parts.controllers.length))
    this.#reporter = new Reporter({
      platform: parts.platform,
      send: (reports) => {
        if (!this.#connection) return Promise.reject(new Error('not connected'))
        return this.#connection.link.report({ sessionId: this.#connection.session.sessionId, reports })
      },
      onSettled: (refs) => {
        parts.host.settle(refs)
        this.#desired.forget(refs)
      },
    })
  }

  start(): void {
    this.#unobserve = this.#parts.host.observe((report) => this.#reporter.add(report))
    this.#finished = this.#stayConnected()
  }

  /** `goodbye` tells the cluster that the node leaves on purpose. Without it the attempts run on, and another agent takes over. */
  async stop({ goodbye }: { readonly goodbye: boolean }): Promise<void> {
    const { timers } = this.#parts.platform
    this.#isStopped = true
    if (goodbye && this.#connection) {
      const { link, session } = this.#connection
      await Promise.race([
        link.goodbye({ sessionId: session.sessionId }).catch(() => {}),
        sleep(timers, goodbyeTimeoutMs),
      ])
    }
    this.#unobserve()
    this.#reporter.close()
    this.#connection?.live.close()
    this.#wake()
    await this.#finished
  }

  isConnected(): boolean {
    return this.#connection !== null
  }

  reportsWaiting(): number {
    return this.#reporter.waiting()
  }

  async #stayConnected(): Promise<void> {
    const { log, random } = this.#parts.platform
    let failures = 0
    let unanswered = 0
    while (!this.#isStopped) {
      const url = this.#nextController()
      let delayMs: number
      try {
        const rounds = Math.floor(unanswered / this.#controllers.length)
        const end = await this.#live(url, dialPatienceMs(rounds, this.#spreadMs))
        log.warn('The session ended', { url, because: end.because })
        delayMs =
          end.spreadMs === null ? reconnectDelayMs(0, end.reconnectSpreadMs, random) : random.next() * end.spreadMs
        // A session that ends at once is no good one: two machines with one identity would throw each other out without pause.
        failures = end.wasGood ? 0 : failures + 1
        unanswered = 0
        if (failures > 0) delayMs = Math.max(delayMs, reconnectDelayMs(failures, end.reconnectSpreadMs, random))
      } catch (cause) {
        failures++
        unanswered = cause instanceof Unanswered ? unanswered + 1 : 0
        log.warn('No session', { url, failures, because: cause instanceof Error ? cause.message : String(cause) })
        // One that did not answer cost time enough: the next one may be waiting for this node.
        delayMs = reconnectDelayMs(unanswered > 0 ? 0 : failures, this.#spreadMs ?? 0, random)
        if (cause instanceof LinkRefusal && cause.retryAfterMs !== null)
          delayMs = Math.max(delayMs, cause.retryAfterMs * (1 + random.next()))
      }
      if (!this.#isStopped) await this.#pause(delayMs)
    }
  }

  async #live(url: string, patienceMs: number) {
    const { platform, host, node } = this.#parts
    const link = await this.#dial(url, patienceMs)
    try {
      const session = await this.#within(
        'registering',
        patienceMs,
        link.register({
          wire: WIRE_VERSION,
          ...node,
          facts: { ...node.facts, ...host.abilities() },
          fences: [...host.fences()],
          held: [...host.held()],
        }),
      )
      const sinceMs = platform.clock.monotonicMs()
      this.#spreadMs = session.reconnectSpreadMs
      this.#desired.enterHistory(session.historyId)
      this.#adoptControllers(session.controllers)
      const live = new Connection({
        ...this.#parts,
        link,
        session,
        desired: this.#desired,
        onControllers: (urls) => this.#adoptControllers(urls),
      })
      this.#connection = { link, live, session }
      platform.log.info('Session open', { url, sessionId: session.sessionId })
      live.start()
      this.#reporter.open()
      const end = await live.ended
      live.close()
      const wasGood = platform.clock.monotonicMs() - sinceMs > session.replyTimeoutMs
      return { ...end, reconnectSpreadMs: session.reconnectSpreadMs, wasGood }
    } finally {
      this.#connection = null
      this.#reporter.close()
      link.close()
    }
  }

  async #dial(url: string, patienceMs: number): Promise<AgentLink> {
    const dialled = this.#parts.dial(url)
    try {
      return await this.#within('dialling', patienceMs, dialled)
    } catch (cause) {
      // It may still come about after the deadline: then nobody wants it.
      dialled.then((link) => link.close()).catch(() => {})
      throw cause
    }
  }

  async #within<T>(what: string, patienceMs: number, answer: Promise<T>): Promise<T> {
    let timer: Timer | null = null
    const late = new Promise<never>((_, reject) => {
      timer = this.#parts.platform.timers.after(patienceMs, () =>
        reject(new Unanswered(`${what} took more than ${patienceMs} ms`)),
      )
    })
    try {
      return await Promise.race([answer, late])
    } finally {
      ;(timer as Timer | null)?.cancel()
    }
  }

  /** The configured ones stay: what the cluster tells may be addresses that only its own machines can reach. */
  #adoptControllers(told: readonly string[]): void {
    const urls = [...new Set([...told, ...this.#parts.controllers])]
    const known = new Set(this.#controllers)
    if (told.length === 0 || (urls.length === known.size && urls.every((url) => known.has(url)))) return
    this.#controllers = urls
    this.#parts.saveControllers(told)
  }

  /** The next in turn, and another one than the last whenever there is another. */
  #nextController(): string {
    const at = (step: number) => this.#controllers[(this.#next + step) % this.#controllers.length] ?? ''
    const step = at(0) === this.#last ? 1 : 0
    this.#last = at(step)
    this.#next += step + 1
    return this.#last
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#parts.platform.timers.after(ms, resolve)
      this.#wake = () => {
        timer.cancel()
        resolve()
      }
    })
  }
}
