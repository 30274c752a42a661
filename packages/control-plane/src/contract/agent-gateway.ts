import type { NodeId, Outcome } from '@quarterdeck/domain'
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
import type { Stranger } from './caller.ts'

export type AgentGateway = {
  /** Consumes the token and creates the node's credential in one commit. */
  join(
    input: { token: string; name: NodeId },
    from: Stranger,
  ): Promise<Outcome<{ nodeId: NodeId; secret: string; controllers: string[] }>>
  authenticate(input: { nodeId: string; secret: string }): Promise<NodeId | null>
  /** A new life of the node's connection; supersedes an older session. */
  register(nodeId: NodeId, request: RegisterRequest): Promise<Outcome<RegisterReply>>
  /** Commands for a session, from the moment of subscribing; starts with the whole desired set. Ends when the session is superseded. */
  commands(nodeId: NodeId, sessionId: string, signal: AbortSignal): AsyncIterable<Command>
  /** Synchronous and cheap: one call per agent per second. */
  beat(nodeId: NodeId, beat: Beat): Outcome<BeatReply>
  report(nodeId: NodeId, sessionId: string, reports: readonly Report[]): Promise<Outcome<ReportBatchReply>>
  logs(nodeId: NodeId, chunk: LogChunk): Outcome<null>
  /** The socket of a session closed. `goodbye`: the agent said so before. */
  closed(nodeId: NodeId, sessionId: string, goodbye: boolean): void
}
