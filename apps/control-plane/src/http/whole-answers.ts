import type { FastifyInstance } from 'fastify'

/**
 * Sends the answer of a call as one text with its length. tRPC hands over a stream, which would go out in pieces: head and body in one
 * write to the socket, the end in another. Streams that are meant as such stay streams.
 */
export function sendAnswersWhole(app: FastifyInstance): void {
  app.addHook('onSend', async (_request, reply, payload: unknown) => {
    if (!(payload instanceof Response) || payload.body === null || isStream(payload)) return payload
    reply.code(payload.status)
    for (const [name, value] of payload.headers) reply.header(name, value)
    return await payload.text()
  })
}

function isStream({ headers }: Response): boolean {
  return headers.get('content-type') !== 'application/json' || headers.has('transfer-encoding')
}
