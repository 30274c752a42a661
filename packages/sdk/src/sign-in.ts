import type { ErrorData, RouterOutputs } from '@quarterdeck/api/client'
import { type ClusterError, clusterErrorSchema } from '@quarterdeck/domain'
import { QuarterdeckError, toQuarterdeckError } from './errors.ts'

export type SignedIn = RouterOutputs['auth']['signIn'] & {
  /** The session as `name=value`: what `client({ cookie })` takes, at every controller of the cluster. */
  readonly cookie: string
}

const TIMEOUT_MS = 30_000

/** Signs a person in, as the dashboard does. For programs there are API tokens. */
export async function signIn(
  url: string,
  credentials: { readonly userId: string; readonly password: string },
): Promise<SignedIn> {
  const { origin } = new URL(url)
  let response: Response
  try {
    response = await fetch(`${origin}/trpc/auth.signIn`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-qd-csrf': '1', origin },
      body: JSON.stringify(credentials),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
  } catch (thrown) {
    throw toQuarterdeckError(thrown, origin)
  }
  const body = (await response.json().catch(() => null)) as {
    result?: { data: RouterOutputs['auth']['signIn'] }
    error?: { data: ErrorData }
  } | null
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0]
  if (response.ok && body?.result && cookie) return { ...body.result.data, cookie }
  throw new QuarterdeckError(refusalOf(body?.error?.data.cluster, origin, response.status), { sent: true })
}

function refusalOf(said: unknown, origin: string, status: number): ClusterError {
  const refusal = clusterErrorSchema.safeParse(said)
  if (refusal.success) return refusal.data
  return { code: 'internal', message: `${origin} answered the sign-in with ${status} and nothing that can be read.` }
}
