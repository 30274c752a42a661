import {
  type ApiTokenView,
  formatDuration,
  type JoinTokenView,
  type Role,
  roles,
  tokenIdSchema,
} from '@quarterdeck/domain'
import type { Command } from 'commander'
import { act, group, leaf, type Run } from '../command.ts'
import { Refused } from '../failure.ts'
import { duration, each, labels, oneOf, wholeNumber } from '../parse/options.ts'
import { moment } from '../show/moments.ts'
import { table } from '../show/table.ts'

type JoinFlags = {
  readonly uses: number
  readonly ttl: number
  readonly label?: readonly string[]
  readonly zone?: string
}
type ApiFlags = { readonly name: string; readonly role: Role; readonly ttl?: number | false }

export function addTokenCommands(token: Command, run: Run): void {
  const create = group(token, 'create', 'the token itself is shown once')
  const join = leaf(create, 'join', 'lets agents join')
    .option('--uses <count>', 'how many agents', wholeNumber('--uses', { min: 1, max: 10_000 }), 1)
    .option('--ttl <duration>', 'how long it holds', duration('--ttl'), 3_600_000)
    .option('--label <key=value>', 'given to every node that joins by it; may be repeated', each)
    .option('--zone <zone>', 'likewise')
  act<JoinFlags>(join, run, async ({ cluster, options, print }) => {
    const { uses, ttl, zone } = options
    const made = await cluster.tokens.createJoin({
      usesMax: uses,
      ttlMs: ttl,
      labels: labels('--label', options.label ?? []),
      zone: zone ?? null,
    })
    print.note(
      `Holds for ${formatDuration(ttl)} and ${uses} ${uses === 1 ? 'agent' : 'agents'}. It is not shown again:`,
    )
    print.result(made, () => made.token)
    return 0
  })

  const api = leaf(create, 'api', 'lets a program call')
    .requiredOption('--name <name>', 'what it is for')
    .option('--role <role>', 'viewer, operator or admin', oneOf('--role', roles), 'operator')
    .option('--ttl <duration>', 'how long it holds (default 90d)', duration('--ttl'))
    .option('--no-ttl', 'until it is revoked')
  act<ApiFlags>(api, run, async ({ cluster, options, print }) => {
    const { name, role, ttl } = options
    const made = await cluster.tokens.createApi({
      name,
      role,
      ...(ttl === undefined ? {} : { ttlMs: ttl === false ? null : ttl }),
    })
    print.note('It is not shown again:')
    print.result(made, () => made.token)
    return 0
  })

  act(leaf(token, 'ls', 'both kinds, without their secrets'), run, async ({ cluster, print }) => {
    const [join, api] = await Promise.all([cluster.tokens.listJoin(), cluster.tokens.listApi()])
    print.result({ join, api }, () => `${joinTable(join)}\n\n${apiTable(api)}`)
    return 0
  })

  act<object, readonly [string]>(
    leaf(token, 'revoke <token>', 'by the id that ls shows'),
    run,
    async ({ cluster, args, print }) => {
      const id = tokenIdSchema.safeParse(args[0])
      const [join, api] = await Promise.all([cluster.tokens.listJoin(), cluster.tokens.listApi()])
      if (id.success && join.some((each) => each.id === id.data)) await cluster.tokens.revokeJoin({ id: id.data })
      else if (id.success && api.some((each) => each.id === id.data)) await cluster.tokens.revokeApi({ id: id.data })
      else
        throw new Refused(
          `There is no token ${JSON.stringify(args[0].slice(0, 80))}. Its id is what qd token ls shows, not its secret`,
        )
      print.result({ id: id.data }, () => `${id.data} is revoked`)
      return 0
    },
  )
}

function joinTable(tokens: readonly JoinTokenView[]): string {
  return table(
    tokens,
    [
      { title: 'join token', of: (each) => each.id },
      { title: 'state', of: (each) => each.state },
      { title: 'uses left', of: (each) => `${each.usesLeft} of ${each.usesMax}`, align: 'right' },
      { title: 'until', of: (each) => moment(each.expiresAtMs) },
      { title: 'by', of: (each) => each.createdBy },
    ],
    'There is no join token.',
  )
}

function apiTable(tokens: readonly ApiTokenView[]): string {
  return table(
    tokens,
    [
      { title: 'api token', of: (each) => each.id },
      { title: 'name', of: (each) => each.name },
      { title: 'role', of: (each) => each.role },
      { title: 'until', of: (each) => (each.expiresAtMs === null ? 'revoked' : moment(each.expiresAtMs)) },
      { title: 'by', of: (each) => each.createdBy },
    ],
    'There is no API token.',
  )
}
