import { type Role, roles, type UserId, userIdSchema } from '@quarterdeck/domain'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import { oneOf } from '../parse/options.ts'
import { readPassword } from '../parse/password.ts'
import { ago } from '../show/moments.ts'
import { table } from '../show/table.ts'

type PasswordFlag = { readonly passwordStdin?: boolean }
type UpdateFlags = PasswordFlag & {
  readonly role?: Role
  readonly disable?: boolean
  readonly enable?: boolean
  readonly password?: boolean
}

export function addUserCommands(user: Command, run: Run): void {
  act(leaf(user, 'ls', 'everybody who may sign in'), run, async ({ cluster, print }) => {
    const users = await cluster.users.list()
    print.result(users, () =>
      table(
        users,
        [
          { title: 'user', of: (each) => each.id },
          { title: 'role', of: (each) => each.role },
          { title: 'state', of: (each) => (each.disabled ? 'disabled' : 'active') },
          { title: 'made', of: (each) => `${ago(each.createdAtMs)} ago` },
        ],
        'There is no user. Open the link that the first controller printed.',
      ),
    )
    return 0
  })

  const create = leaf(user, 'create <user>', 'asks for the password')
    .option('--role <role>', 'viewer, operator or admin', oneOf('--role', roles), 'viewer')
    .option('--password-stdin', 'take the password from stdin')
  act<PasswordFlag & { role: Role }, readonly [string]>(create, run, async ({ cluster, options, args, print, io }) => {
    const id = userOf(args[0])
    const password = await readPassword(io, { piped: options.passwordStdin === true, again: true })
    const made = await cluster.users.create({ id, role: options.role, password })
    print.result(made, () => `${made.id} may sign in as ${made.role}`)
    return 0
  })

  const update = leaf(user, 'update <user>', 'role, password, or whether the user may sign in')
    .option('--role <role>', 'viewer, operator or admin', oneOf('--role', roles))
    .option('--disable', 'may not sign in any more; ends open sessions')
    .option('--enable', 'may sign in again')
    .option('--password', 'ask for a new password')
    .option('--password-stdin', 'take a new password from stdin')
  act<UpdateFlags, readonly [string]>(update, run, async ({ cluster, options, args, print, io }) => {
    const { role, disable, enable, password, passwordStdin } = options
    if (disable && enable) throw new UsageError('--disable and --enable exclude each other')
    if (role === undefined && !disable && !enable && !password && !passwordStdin)
      throw new UsageError('Nothing to change: give --role, --disable, --enable, --password or --password-stdin')
    const next =
      password || passwordStdin ? await readPassword(io, { piped: passwordStdin === true, again: true }) : undefined
    const changed = await cluster.users.update({
      id: userOf(args[0]),
      ...(role === undefined ? {} : { role }),
      ...(disable || enable ? { disabled: disable === true } : {}),
      ...(next === undefined ? {} : { password: next }),
    })
    print.result(changed, () => `${changed.id}: ${changed.role}, ${changed.disabled ? 'disabled' : 'active'}`)
    return 0
  })

  act<object, readonly [string]>(
    leaf(user, 'rm <user>', 'ends open sessions as well'),
    run,
    async ({ cluster, args, print }) => {
      const id = userOf(args[0])
      await cluster.users.remove({ id })
      print.result({ id }, () => `${id} is removed`)
      return 0
    },
  )
}

function userOf(text: string): UserId {
  const parsed = userIdSchema.safeParse(text)
  if (parsed.success) return parsed.data
  throw new UsageError(
    `${JSON.stringify(text.slice(0, 80))} cannot be a user: it must be 1 to 63 characters of a-z 0-9 . _ - and start with a letter or digit`,
  )
}
