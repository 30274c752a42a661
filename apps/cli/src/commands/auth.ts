import { client, signIn } from '@quarterdeck/sdk'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { findAccess, forgetStored, readStored, type Stored, writeStored } from '../credentials.ts'
import { Refused, UsageError } from '../failure.ts'
import { readPassword } from '../parse/password.ts'

type LoginFlags = {
  readonly url?: string
  readonly token?: string
  readonly user?: string
  readonly passwordStdin?: boolean
}

export function addAuthCommands(auth: Command, run: Run): void {
  const login = leaf(auth, 'login', 'as a person, or store an API token with --token')
    .option('--user <user>', 'asked for when absent')
    .option('--password-stdin', 'take the password from stdin')
  act<LoginFlags>(login, run, async ({ options, print, io }) => {
    const { urls } = findAccess(io, options)
    const [first] = urls
    if (first === undefined) throw new UsageError('--url "" names no controller')
    const secret = options.token === undefined ? await session(first) : { token: options.token }
    const cluster = client({ urls, ...secret })
    const [me, control] = await Promise.all([cluster.auth.me(), cluster.controlPlane.view()])
    const peers = control.controllers.filter(({ state }) => state === 'live').map(({ url }) => url)
    const stored: Stored = { urls: [...new Set([...urls, ...peers])], ...secret, user: me.id }
    const file = writeStored(io, stored)
    print.result({ ...me, urls: stored.urls, file }, () => `Signed in as ${me.id} (${me.role}). Kept in ${file}`)
    return 0

    async function session(url: string): Promise<{ readonly cookie: string }> {
      if (options.user === undefined && !io.isInteractive) throw new UsageError('Who signs in? Give --user, or --token')
      const userId = options.user ?? (await io.ask('User: '))
      const password = await readPassword(io, { piped: options.passwordStdin === true, again: false })
      return { cookie: (await signIn(url, { userId, password })).cookie }
    }
  })

  act(leaf(auth, 'logout', 'ends the session and forgets what was stored'), run, async ({ cluster, print, io }) => {
    const stored = readStored(io)
    // A session that the cluster does not know any more is over as well.
    if (stored?.cookie !== undefined) await cluster.auth.signOut().catch(() => null)
    forgetStored(io)
    print.result({ signedOut: stored?.user ?? null }, () => (stored ? 'Signed out.' : 'Nobody was signed in.'))
    return 0
  })

  act(leaf(auth, 'whoami', 'as whom this command calls'), run, async ({ cluster, print }) => {
    const me = await cluster.auth.me()
    print.result(me, () => `${me.id} (${me.kind}, ${me.role})`)
    return 0
  })

  const resetLink = leaf(
    auth,
    'reset-link',
    'on a controller host: a new link for the first admin, while there is no user',
  )
  act(resetLink, run, async ({ print, io }) => {
    const { issueSetupLink } = await import('@quarterdeck/app-control-plane')
    const link = await issueSetupLink(io.env)
    if (link === null) {
      throw new Refused(
        'There are users, so there is no link. An admin sets a new password: qd user update <user> --password',
      )
    }
    print.note('Holds for 30 minutes, once:')
    print.result({ link }, () => link)
    return 0
  })
}
