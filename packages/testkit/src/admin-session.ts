import type { TestCluster } from './cluster.ts'

/** A signed-in admin of a test cluster, as a browser would be one. */
export type AdminSession = {
  /** As a `cookie` header has it: `name=value; name=value`. */
  readonly cookie: string
  /** The answer as it comes: a refusal is not thrown. */
  post(procedure: string, input: object): Promise<Response>
  /** Rejects with the text of a refusal. */
  mutate<Reply>(procedure: string, input: object): Promise<Reply>
}

/** Makes the first user of the cluster with the link that it printed, once per cluster. */
export async function signInAdmin(cluster: Pick<TestCluster, 'controllers' | 'setupToken'>): Promise<AdminSession> {
  const [first] = cluster.controllers
  if (!first) throw new Error('the cluster has no controller')
  const { url } = first
  const send = (procedure: string, input: object, cookie = '') =>
    fetch(`${url}/trpc/${procedure}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-qd-csrf': '1', origin: url, cookie },
      body: JSON.stringify(input),
    })
  const person = { token: cluster.setupToken, userId: 'ana', password: 'correct horse battery' }
  const signedIn = await send('auth.setUp', person)
  if (!signedIn.ok) throw new Error(await signedIn.text())
  const cookie = signedIn.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  return {
    cookie,
    post: (procedure, input) => send(procedure, input, cookie),
    async mutate<Reply>(procedure: string, input: object) {
      const reply = await send(procedure, input, cookie)
      if (!reply.ok) throw new Error(await reply.text())
      const { result } = (await reply.json()) as { result: { data: Reply } }
      return result.data
    },
  }
}
