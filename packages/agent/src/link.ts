import type {
  Beat,
  BeatReply,
  Command,
  LogChunk,
  RegisterReply,
  RegisterRequest,
  Report,
  ReportBatchReply,
} from '@quarterdeck/domain/wire'

/**
 * One live connection to one controller. A call that was under way when the connection ended rejects: whether it was applied is then
 * unknown, and every call is safe to repeat. Production speaks tRPC over a WebSocket, the simulator passes messages in memory.
 */
export type AgentLink = {
  register(request: RegisterRequest): Promise<RegisterReply>
  beat(beat: Beat): Promise<BeatReply>
  report(batch: { readonly sessionId: string; readonly reports: readonly Report[] }): Promise<ReportBatchReply>
  logs(chunk: LogChunk): Promise<void>
  /** Says that this node leaves on purpose, so that nobody suspects it. */
  goodbye(input: { readonly sessionId: string }): Promise<void>
  /** Listens for commands of a session. `onEnd` is called once, when the controller ends the stream or it breaks. */
  commands(sessionId: string, listener: CommandListener): void
  /** Bytes that wait in the socket. */
  bufferedBytes(): number
  close(): void
  /** Settles, never rejects, with why the connection ended. */
  readonly closed: Promise<string>
}

export type CommandListener = {
  readonly onCommand: (command: Command) => void
  readonly onEnd: (because: string) => void
}

/** Dials a controller. Rejects when it cannot be reached or does not let this node in. */
export type LinkDialer = (url: string) => Promise<AgentLink>

/** The controller answered, and said no. */
export class LinkRefusal extends Error {
  readonly code: string
  readonly retryAfterMs: number | null

  constructor(code: string, message: string, retryAfterMs: number | null = null) {
    super(message)
    this.name = 'LinkRefusal'
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}
