import { limits } from '@quarterdeck/domain'
import { commandSchema, type RegisterReply, registerReplySchema } from '@quarterdeck/domain/wire'
import type { Log } from '@quarterdeck/platform'
import { WebSocket } from 'ws'
import { type AgentLink, type CommandListener, LinkRefusal } from '../link.ts'

export type TrpcLinkParts = {
  readonly url: string
  readonly nodeId: string
  readonly secret: string
  readonly log: Log
}

/** What tRPC's server sends: an answer, a piece of a subscription, or a request to go elsewhere. */
type ServerMessage = {
  readonly id: number | null
  readonly method?: string
  readonly result?: { readonly type: 'data' | 'started' | 'stopped'; readonly data?: unknown }
  readonly error?: ServerError
}
type ServerError = {
  readonly message: string
  readonly data?: {
    readonly cluster?: { readonly code: string; readonly message: string; readonly retryAfterMs?: number }
  }
}
type Call = { readonly resolve: (data: unknown) => void; readonly reject: (cause: Error) => void }

/**
 * Dials a controller: tRPC's messages over one WebSocket.
 *
 * tRPC's own client is not used, because it dials again by itself: a call made between two connections opens one beside its retry loop,
 * without the subscription. Here a link is one connection, and the session decides what comes after it. It also delays every call by a
 * timer to batch it, and here each costs one write.
 */
export function dialTrpc({ url, nodeId, secret, log }: TrpcLinkParts): Promise<AgentLink> {
  const socket = new WebSocket(agentUrl(url), {
    perMessageDeflate: false,
    maxPayload: 16 * limits.agentMessageBytesMax,
    handshakeTimeout: 10_000,
  })
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.send(JSON.stringify({ method: 'connectionParams', data: { nodeId, secret } }))
      resolve(new TrpcLink(socket, log))
    })
    socket.on('error', (cause) => reject(new Error(`${url} cannot be reached: ${cause.message}`)))
    socket.once('close', (code) => reject(new Error(`${url} closed the connection (${code})`)))
  })
}

function agentUrl(url: string): string {
  return `${url.replace(/^http/, 'ws').replace(/\/+$/, '')}/agent?connectionParams=1`
}

class TrpcLink implements AgentLink {
  readonly closed: Promise<string>
  readonly #socket: WebSocket
  readonly #log: Log
  readonly #calls = new Map<number, Call>()
  readonly #subscriptions = new Map<number, CommandListener>()
  #nextId = 1
  #refusal: LinkRefusal | null = null

  constructor(socket: WebSocket, log: Log) {
    this.#socket = socket
    this.#log = log
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        const because =
          this.#refusal?.message ?? `connection closed (${code}${reason.length > 0 ? ` ${reason.toString()}` : ''})`
        this.#failAll(this.#refusal ?? new Error(because))
        resolve(because)
      })
    })
    socket.on('message', (data, isBinary) => {
      if (!isBinary) this.#onText(data.toString())
    })
  }

  async register(request: Parameters<AgentLink['register']>[0]): Promise<RegisterReply> {
    return registerReplySchema.parse(await this.#call('agents.register', request))
  }

  beat(beat: Parameters<AgentLink['beat']>[0]): ReturnType<AgentLink['beat']> {
    return this.#call('agents.beat', beat) as ReturnType<AgentLink['beat']>
  }

  report(batch: Parameters<AgentLink['report']>[0]): ReturnType<AgentLink['report']> {
    return this.#call('agents.report', batch) as ReturnType<AgentLink['report']>
  }

  async logs(chunk: Parameters<AgentLink['logs']>[0]): Promise<void> {
    await this.#call('agents.logs', chunk)
  }

  async goodbye(input: { readonly sessionId: string }): Promise<void> {
    await this.#call('agents.goodbye', input)
  }

  commands(sessionId: string, listener: CommandListener): void {
    const id = this.#nextId++
    this.#subscriptions.set(id, listener)
    this.#send({ id, method: 'subscription', params: { path: 'agents.commands', input: { sessionId } } })
  }

  bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  close(): void {
    this.#socket.close()
    // A peer that hangs does not answer the close; nothing is lost by not waiting, since every call is safe to repeat.
    this.#socket.terminate()
  }

  #call(path: string, input: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#socket.readyState !== WebSocket.OPEN) {
        reject(this.#refusal ?? new Error('the connection is closed'))
        return
      }
      const id = this.#nextId++
      this.#calls.set(id, { resolve, reject })
      this.#send({ id, method: 'mutation', params: { path, input } })
    })
  }

  #send(message: object): void {
    this.#socket.send(JSON.stringify(message), () => {})
  }

  #onText(text: string): void {
    if (text === 'PING') {
      this.#socket.send('PONG')
      return
    }
    if (text === 'PONG') return
    let parsed: ServerMessage | ServerMessage[]
    try {
      parsed = JSON.parse(text)
    } catch {
      this.#log.warn('A controller sent what is not JSON')
      return
    }
    for (const message of Array.isArray(parsed) ? parsed : [parsed]) this.#onMessage(message)
  }

  #onMessage({ id, method, result, error }: ServerMessage): void {
    if (id === null) {
      // Without an id it is about the connection: the credential is refused, or the controller is about to stop.
      if (error) this.#refusal = refusalOf(error)
      if (error || method === 'reconnect') this.#socket.close()
      return
    }
    const subscription = this.#subscriptions.get(id)
    if (subscription) {
      if (result?.type === 'data') this.#onCommand(subscription, result.data)
      else if (error || result?.type === 'stopped') {
        this.#subscriptions.delete(id)
        subscription.onEnd(error ? refusalOf(error).message : 'the controller ended the session')
      }
      return
    }
    const call = this.#calls.get(id)
    this.#calls.delete(id)
    if (error) call?.reject(refusalOf(error))
    else call?.resolve(result?.data)
  }

  #onCommand(listener: CommandListener, data: unknown): void {
    const command = commandSchema.safeParse(data)
    if (command.success) listener.onCommand(command.data)
    else
      this.#log.warn('Ignored a command that this agent does not understand', {
        because: command.error.message.slice(0, 500),
      })
  }

  #failAll(cause: Error): void {
    for (const { reject } of this.#calls.values()) reject(cause)
    this.#calls.clear()
    for (const { onEnd } of this.#subscriptions.values()) onEnd(cause.message)
    this.#subscriptions.clear()
  }
}

function refusalOf({ message, data }: ServerError): LinkRefusal {
  const cluster = data?.cluster
  return new LinkRefusal(cluster?.code ?? 'internal', cluster?.message ?? message, cluster?.retryAfterMs ?? null)
}
