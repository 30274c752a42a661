import { limits, type NodeId, type SessionId } from '@quarterdeck/domain'
import type { Command, HeldAttempt } from '@quarterdeck/domain/wire'
import type { AgentHub, AgentSession } from '../core.ts'
import { createOutbox, type Outbox } from './outbox.ts'

export type OpenSession = AgentSession & {
  readonly sessionId: SessionId
  digest: string
  /** Own monotonic clock; the registration counts as the first. */
  lastBeatAtMs: number
  readonly openedAtMs: number
  /** Revision of the commit that put this session into force. */
  readonly revision: number
  /** What the agent held when it registered. */
  readonly held: readonly HeldAttempt[]
  readonly outbox: Outbox
}

/** The sessions of this controller, for the gateway; `AgentHub` is what the other parts see of it. */
export type SessionTable = AgentHub & {
  open(session: Omit<OpenSession, 'digest' | 'outbox'>): OpenSession
  find(nodeId: NodeId): OpenSession | undefined
  /** Ends a session if it is still the one in force here. */
  drop(nodeId: NodeId, sessionId: string): OpenSession | undefined
  readonly size: number
  /** A session was ended because its agent does not read what it is sent. */
  onOverflow(listener: (session: OpenSession) => void): void
}

export function createAgentHub(): SessionTable {
  const sessions = new Map<NodeId, OpenSession>()
  const overflowListeners: ((session: OpenSession) => void)[] = []

  function drop(nodeId: NodeId, sessionId: string): OpenSession | undefined {
    const session = sessions.get(nodeId)
    if (session?.sessionId !== sessionId) return undefined
    sessions.delete(nodeId)
    session.outbox.end()
    return session
  }

  return {
    open(fields) {
      sessions.get(fields.nodeId)?.outbox.end()
      const session: OpenSession = { ...fields, digest: '', outbox: createOutbox(limits.agentBufferBytesMax) }
      sessions.set(fields.nodeId, session)
      return session
    },
    find: (nodeId) => sessions.get(nodeId),
    drop,
    get size() {
      return sessions.size
    },

    onOverflow: (listener) => {
      overflowListeners.push(listener)
    },
    session: (nodeId) => sessions.get(nodeId),
    sessions: () => sessions.values(),
    send(nodeId: NodeId, command: Command) {
      const session = sessions.get(nodeId)
      if (!session) return false
      if (session.outbox.push(command)) return true
      if (drop(nodeId, session.sessionId)) for (const listener of overflowListeners) listener(session)
      return false
    },
  }
}
