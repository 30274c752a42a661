import { type AgentLink, type LinkDialer, LinkRefusal } from '@quarterdeck/agent'
import type { AgentGateway } from '@quarterdeck/control-plane'
import type { NodeId, Outcome, SessionId } from '@quarterdeck/domain'
import { type Command, commandSchema, registerRequestSchema, reportBatchSchema } from '@quarterdeck/domain/wire'
import { type Connection, connect, type Endpoint } from '../network/connection.ts'
import type { Network } from '../network/network.ts'
import { chance } from '../world/random-streams.ts'
import type { World } from '../world/world.ts'

/** A controller as an agent reaches it. */
export type DialTarget = { readonly endpoint: Endpoint; readonly agents: AgentGateway }

export type LinkParts = {
  readonly world: World
  readonly network: Network
  readonly agent: Endpoint
  readonly nodeId: NodeId
  readonly secret: string
  /** The live process behind a URL; null when nothing listens there. */
  readonly find: (url: string) => DialTarget | null
  /** Share of beats and reports that are carried out twice, as a client that repeats itself makes them. */
  readonly duplicateShare: () => number
  readonly onOpen: (connection: Connection) => void
}

/** The agents' socket without a socket: the same calls in the same order as the API's `agents` router, over a simulated connection. */
export function createLinkDialer(parts: LinkParts): LinkDialer {
  const { world, network, agent, nodeId, secret } = parts
  return (url) =>
    new Promise((resolve, reject) => {
      const target = parts.find(url)
      if (!target) {
        world.after(network.latencyMs(agent.host), () =>
          agent.process.deliver(() => reject(new Error('connection refused'))),
        )
        return
      }
      const connection = connect(world, network, agent, target.endpoint)
      connection.onClose('client', (because) => reject(new Error(because)))
      // The kernel of a dead process closes its sockets; that of a dead machine does not.
      target.endpoint.process.onKill((how) => {
        if (how !== 'silent') connection.close('server', 'the controller is gone')
      })
      agent.process.onKill((how) => {
        if (how !== 'silent') connection.close('client', 'the agent is gone')
      })
      connection.send('client', () => {
        void target.agents.authenticate({ nodeId, secret }).then((known) => {
          if (known) connection.send('server', () => resolve(openLink(parts, target, connection)))
          else connection.close('server', 'bad credentials')
        })
      })
      parts.onOpen(connection)
    })
}

function openLink(parts: LinkParts, { agents }: DialTarget, connection: Connection): AgentLink {
  const { nodeId, world } = parts
  const random = world.random(`link ${nodeId} ${world.nowMs()}`)
  const session: { id: SessionId | null; saidGoodbye: boolean } = { id: null, saidGoodbye: false }
  const closed = new Promise<string>((resolve) => connection.onClose('client', resolve))
  const aborter = new AbortController()
  connection.onClose('server', () => {
    aborter.abort()
    if (session.id && !session.saidGoodbye) agents.closed(nodeId, session.id, false)
  })

  /** A call there and back. Everything is copied on the way, as JSON on a wire. */
  function call<Reply>(act: () => Promise<Outcome<Reply>> | Outcome<Reply>, times = 1): Promise<Reply> {
    return new Promise((resolve, reject) => {
      connection.onClose('client', (because) => reject(new Error(because)))
      for (let time = 0; time < times; time++) {
        connection.send('client', () => {
          void Promise.resolve(act()).then((outcome) =>
            connection.send('server', () => {
              if (outcome.ok) resolve(copy(outcome.value))
              else
                reject(new LinkRefusal(outcome.error.code, outcome.error.message, outcome.error.retryAfterMs ?? null))
            }),
          )
        })
      }
    })
  }
  const times = () => (chance(random, parts.duplicateShare()) ? 2 : 1)

  return {
    closed,
    register(request) {
      const sent = registerRequestSchema.parse(copy(request))
      return call(async () => {
        const reply = await agents.register(nodeId, sent)
        if (!reply.ok) return reply
        session.id = reply.value.sessionId
        session.saidGoodbye = false
        if (!connection.isOpen('server')) agents.closed(nodeId, reply.value.sessionId, false)
        return reply
      })
    },
    beat: (beat) => call(() => agents.beat(nodeId, copy(beat)), times()),
    report(batch) {
      const sent = reportBatchSchema.parse(copy(batch))
      return call(() => agents.report(nodeId, sent.sessionId, sent.reports), times())
    },
    logs: async (chunk) => {
      await call(() => agents.logs(nodeId, copy(chunk)))
    },
    goodbye: async ({ sessionId }) => {
      await call(() => {
        session.saidGoodbye = true
        agents.closed(nodeId, sessionId as SessionId, true)
        return { ok: true, value: null }
      })
    },
    commands(sessionId, { onCommand, onEnd }) {
      connection.send('client', () => {
        void push(sessionId).then((because) => connection.send('server', () => onEnd(because)))
      })
      async function push(id: string): Promise<string> {
        try {
          for await (const command of agents.commands(nodeId, id, aborter.signal)) {
            const sent: Command = commandSchema.parse(copy(command))
            connection.send('server', () => onCommand(sent))
          }
          return 'the controller ended the stream'
        } catch (error) {
          return String(error)
        }
      }
    },
    bufferedBytes: () => 0,
    close: () => connection.close('client', 'closed by the agent'),
  }
}

function copy<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value
}
