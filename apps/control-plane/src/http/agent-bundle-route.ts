import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'

/**
 * The one-file agent, so that a machine with Node joins with one pasted line:
 * `curl -fsSL http://…/agent.mjs -o qd-agent.mjs && node qd-agent.mjs join --controllers http://… --token …`.
 * It holds no secret; the token in the line is one.
 */
export function agentBundleRoute(app: FastifyInstance, candidates: readonly string[]): void {
  const bundle = firstReadable(candidates)
  app.get('/agent.mjs', (_request, reply) =>
    bundle
      ? reply.type('text/javascript; charset=utf-8').header('cache-control', 'no-cache').send(bundle)
      : reply
          .code(404)
          .type('text/plain; charset=utf-8')
          .send('This controller has no agent to give: it is not built, or QD_AGENT_BUNDLE names another file.\n'),
  )
}

function firstReadable(candidates: readonly string[]): Buffer | null {
  for (const file of candidates) {
    try {
      return readFileSync(file)
    } catch {
      // The next place is tried; none at all is said when somebody asks for the file.
    }
  }
  return null
}
