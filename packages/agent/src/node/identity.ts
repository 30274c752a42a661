import path from 'node:path'
import { nodeIdSchema } from '@quarterdeck/domain'
import { joinReplySchema } from '@quarterdeck/domain/wire'
import { z } from 'zod'
import { LinkRefusal } from '../link.ts'
import { readJsonFile, writeJsonFile } from './json-file.ts'

/** Who this node is to the cluster, and the secret that proves it. Kept in the data folder, readable by its owner only. */
export type Identity = z.infer<typeof joinReplySchema>

const fileName = 'identity.json'
const answerSchema = z.object({ result: z.object({ data: joinReplySchema }) })
const refusalSchema = z.object({
  error: z.object({
    data: z.object({ cluster: z.object({ code: z.string(), message: z.string(), remedy: z.string().optional() }) }),
  }),
})

/** Null before the node has joined. */
export function loadIdentity(dataFolder: string): Identity | null {
  const stored = readJsonFile(path.join(dataFolder, fileName))
  return stored === null ? null : joinReplySchema.parse(stored)
}

export async function saveIdentity(dataFolder: string, identity: Identity): Promise<void> {
  await writeJsonFile(path.join(dataFolder, fileName), identity)
}

/**
 * Trades a join token for an identity, at the first controller that answers.
 *
 * @throws LinkRefusal when a controller says no: trying again will not help
 * @throws Error when none could be reached
 */
export async function join(controllers: readonly string[], token: string, name: string): Promise<Identity> {
  const reasons: string[] = []
  for (const url of controllers) {
    const answer = await ask(url, token, name).catch((cause: unknown) => {
      reasons.push(`${url}: ${cause instanceof Error ? cause.message : String(cause)}`)
      return null
    })
    if (!answer) continue
    const refusal = refusalSchema.safeParse(answer.body)
    if (refusal.success) {
      const { code, message, remedy } = refusal.data.error.data.cluster
      // A controller that cannot reach the store says nothing about the token; another one may.
      if (answer.status < 500 && answer.status !== 429)
        throw new LinkRefusal(code, remedy ? `${message} ${remedy}` : message)
      reasons.push(`${url}: ${message}`)
      continue
    }
    const accepted = answerSchema.safeParse(answer.body)
    if (accepted.success) return accepted.data.result.data
    reasons.push(`${url}: answered ${answer.status} in a form that is not a controller's`)
  }
  throw new Error(`No controller let this node join: ${reasons.join('; ')}`)
}

async function ask(
  url: string,
  token: string,
  name: string,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${url.replace(/\/+$/, '')}/trpc/agents.join`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, name: nodeIdSchema.parse(name) }),
    signal: AbortSignal.timeout(15_000),
  })
  return { status: response.status, body: await response.json() }
}
