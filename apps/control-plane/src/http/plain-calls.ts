import { appRouter, type Context } from '@quarterdeck/api'
import { callTRPCProcedure, getTRPCErrorFromUnknown, getTRPCErrorShape, type TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

export type PlainCallParts = {
  readonly createContext: (call: { readonly req: FastifyRequest; readonly res: FastifyReply }) => Context
  readonly onError: (failed: { readonly error: TRPCError; readonly path: string; readonly ctx: Context }) => void
}

/**
 * Answers one mutation with a JSON body: what programs that hand in work send, thousands a second. The procedure, its checks and the
 * answer are tRPC's own; left out is the detour of its adapter over web requests, responses and streams, which costs more than a submit
 * itself. Whatever is not as plain as that goes on to the adapter.
 */
export function answerPlainCalls(app: FastifyInstance, { createContext, onError }: PlainCallParts): void {
  app.addHook('preHandler', async (request, reply) => {
    const path = plainMutation(request)
    const input = path === null ? unreadable : parsed(request.body)
    if (path === null || input === unreadable) return
    const ctx = createContext({ req: request, res: reply })
    const type = 'mutation'
    try {
      const { signal } = abortedWith(reply)
      const getRawInput = async () => input
      const data: unknown = await callTRPCProcedure({
        router: appRouter,
        path,
        getRawInput,
        ctx,
        type,
        signal,
        batchIndex: 0,
      })
      return reply.type('application/json').send(JSON.stringify({ result: { data } }))
    } catch (cause) {
      const error = getTRPCErrorFromUnknown(cause)
      onError({ error, path, ctx })
      const shape = getTRPCErrorShape({ config: appRouter._def._config, error, type, path, input, ctx })
      return reply
        .code(getHTTPStatusCodeFromError(error))
        .type('application/json')
        .send(JSON.stringify({ error: shape }))
    }
  })
}

const mutations: ReadonlySet<string> = new Set(
  Object.entries(appRouter._def.procedures as unknown as Record<string, { readonly _def: { readonly type: string } }>)
    .filter(([, { _def }]) => _def.type === 'mutation')
    .map(([path]) => path),
)

/** The procedure's name when the request is one mutation and asks for nothing but its answer. */
function plainMutation({ method, url, body, headers }: FastifyRequest): string | null {
  if (method !== 'POST' || typeof body !== 'string' || headers['trpc-accept'] !== undefined) return null
  const path = url.slice(url.lastIndexOf('/') + 1)
  return mutations.has(path) ? path : null
}

const unreadable = Symbol('not JSON')

function parsed(body: unknown): unknown {
  try {
    return typeof body === 'string' ? JSON.parse(body) : unreadable
  } catch {
    return unreadable
  }
}

/** Aborted when the caller goes away before it is answered. */
function abortedWith({ raw }: FastifyReply): AbortController {
  const abort = new AbortController()
  raw.once('close', () => {
    if (!raw.writableEnded) abort.abort()
  })
  return abort
}
