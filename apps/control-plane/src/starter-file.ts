import { renameSync, writeFileSync } from 'node:fs'
import type { ControlPlane } from '@quarterdeck/control-plane'
import type { Outcome } from '@quarterdeck/domain'

/**
 * Leaves, for the script that started this controller and may read its files, what is needed to enter a cluster that has no user yet:
 * the token of the setup link, a join token for agents and an API token. Readable by this user only; both tokens live a day.
 */
export async function writeStarterFile(
  file: string,
  { access, id }: ControlPlane,
  setupToken: string | null,
): Promise<void> {
  const caller = { me: { id, role: 'admin', kind: 'token' }, address: 'local', requestId: `start-${id}` } as const
  const ttlMs = 24 * 3_600_000
  const join = unwrap(await access.createJoinToken({ usesMax: 100, ttlMs, labels: {}, zone: null }, caller))
  const api = unwrap(await access.createApiToken({ name: 'starter', role: 'operator', ttlMs }, caller))
  // Whoever waits for the file must never read half of it.
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify({ setupToken, joinToken: join.token, apiToken: api.token })}\n`, {
    mode: 0o600,
  })
  renameSync(draft, file)
}

function unwrap<Value>(outcome: Outcome<Value>): Value {
  if (outcome.ok) return outcome.value
  throw new Error(outcome.error.message)
}
