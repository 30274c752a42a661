import type { Principal } from '@quarterdeck/api'
import type { ControlPlane } from '@quarterdeck/control-plane'

/** Who shows an API token or one of these session secrets. A token goes first: a program that sends one means it. */
export async function findPrincipal(
  { access }: Pick<ControlPlane, 'access'>,
  { secrets, apiToken }: { readonly secrets: readonly string[]; readonly apiToken: string | null },
): Promise<Principal> {
  if (apiToken !== null) {
    const me = await access.authenticate({ apiToken })
    return me ? { kind: 'member', me, sessionSecret: null } : { kind: 'nobody' }
  }
  for (const sessionSecret of secrets) {
    const me = await access.authenticate({ sessionSecret })
    if (me) return { kind: 'member', me, sessionSecret }
  }
  return { kind: 'nobody' }
}
