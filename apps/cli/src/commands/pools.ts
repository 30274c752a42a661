import {
  formatDuration,
  type PoolPolicyInput,
  type PoolView,
  poolNameSchema,
  poolPolicySchema,
} from '@quarterdeck/domain'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import { duration, wholeNumber } from '../parse/options.ts'
import { withReason } from '../parse/with-reason.ts'
import { ago } from '../show/moments.ts'
import { type Column, facts, table } from '../show/table.ts'

const columns: readonly Column<PoolView>[] = [
  { title: 'pool', of: ({ pool }) => pool },
  { title: 'nodes', of: ({ nodes }) => nodes, align: 'right' },
  { title: 'usable', of: ({ usable }) => usable, align: 'right' },
  { title: 'tasks', of: ({ tasksPlaced }) => tasksPlaced, align: 'right' },
  { title: 'waiting', of: ({ waiting }) => waiting, align: 'right' },
  { title: 'autoscaled', of: ({ scaler }) => (scaler ? `${scaler.policy.min} to ${scaler.policy.max}` : null) },
  { title: 'because', of: ({ scaler }) => scaler?.because ?? null },
]

type Flags = {
  readonly min?: number
  readonly max?: number
  readonly provider?: string
  readonly secretStdin?: boolean
  readonly upAfter?: number
  readonly downAfter?: number
  readonly boot?: number
  readonly off?: boolean
  readonly reason?: string
}

const nodes = (option: string) => wholeNumber(option, { min: 0, max: 10_000 })

export function addPoolCommands(pool: Command, run: Run): void {
  act<object>(leaf(pool, 'ls', 'pools with their nodes and tasks'), run, async ({ cluster, print }) => {
    const answer = await cluster.pools.list()
    print.result(answer, () => table(answer.value, columns, 'No node has joined yet.'))
    return 0
  })

  act<object, readonly [string]>(
    leaf(pool, 'show <pool>', 'how its autoscaling stands, and what became of its requests'),
    run,
    async ({ cluster, args, print }) => {
      const view = (await cluster.pools.list()).value.find((each) => each.pool === args[0])
      if (!view) throw new UsageError(`there is no pool ${JSON.stringify(args[0])}; see qd pool ls`)
      print.result(view, () => describePool(view))
      return 0
    },
  )

  const autoscale = withReason(
    leaf(pool, 'autoscale <pool>', 'let it grow and shrink by asking a provider of machines (docs/autoscaling.md)'),
  )
    .option('--min <nodes>', 'never fewer usable nodes', nodes('--min'))
    .option('--max <nodes>', 'never more', nodes('--max'))
    .option('--provider <address>', 'where machines are asked for')
    .option('--secret-stdin', 'read the secret that signs the requests from standard input; needed the first time')
    .option('--up-after <duration>', 'a task has waited so long for room (default 10s)', duration('--up-after'))
    .option('--down-after <duration>', 'a node has been spare so long (default 10m)', duration('--down-after'))
    .option('--boot <duration>', 'so long may a machine take to join or to leave (default 10m)', duration('--boot'))
    .option('--off', 'no longer')
  act<Flags, readonly [string]>(autoscale, run, async ({ cluster, options, args, print, io }) => {
    const name = poolNameSchema.safeParse(args[0])
    if (!name.success) throw new UsageError(`pool ${JSON.stringify(args[0])} is not accepted: write a name such as gpu`)
    const reason = options.reason ?? 'by qd'
    if (options.off) {
      await cluster.pools.removeScaler({ pool: name.data, reason })
      print.result({ pool: name.data, scaler: null }, () => `${name.data} is no longer autoscaled`)
      return 0
    }
    const known = (await cluster.pools.list()).value.find((each) => each.pool === name.data)?.scaler?.policy
    const policy = policyOf(name.data, options, known)
    const secret = options.secretStdin ? (await io.readAll()).trim() : undefined
    await cluster.pools.setScaler({ policy, ...(secret === undefined ? {} : { secret }), reason })
    print.result({ policy }, () => `${policy.pool} has from ${policy.min} to ${policy.max} nodes`)
    return 0
  })
}

/** The option that sets a field of the policy. */
const optionOf: Readonly<Record<string, string>> = {
  min: 'min',
  max: 'max',
  url: 'provider',
  upAfterMs: 'up-after',
  downAfterMs: 'down-after',
  bootMs: 'boot',
}

/** What is not given stays as it is. */
function policyOf(
  pool: string,
  { min, max, provider, upAfter, downAfter, boot }: Flags,
  known: PoolPolicyInput | undefined,
) {
  const parsed = poolPolicySchema.safeParse({
    ...known,
    pool,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(provider === undefined ? {} : { url: provider }),
    ...(upAfter === undefined ? {} : { upAfterMs: upAfter }),
    ...(downAfter === undefined ? {} : { downAfterMs: downAfter }),
    ...(boot === undefined ? {} : { bootMs: boot }),
  })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UsageError(`--${optionOf[String(issue?.path[0])] ?? 'min'} ${issue?.message ?? 'is not accepted'}`)
}

function describePool({ pool, nodes: count, usable, tasksPlaced, waiting, scaler }: PoolView): string {
  const about = facts([
    ['pool', pool],
    ['nodes', `${count}, ${usable} usable`],
    ['tasks', `${tasksPlaced} placed, ${waiting} waiting`],
    ['autoscaled', scaler ? `${scaler.policy.min} to ${scaler.policy.max} nodes by ${scaler.policy.url}` : 'no'],
    ['because', scaler?.because ?? null],
    ['request', scaler?.request ? `${scaler.request.id} (${scaler.request.kind}) is ${scaler.request.state}` : null],
    ['problem', scaler?.request?.problem ?? null],
    ['gives back', scaler ? `a node that is spare for ${formatDuration(scaler.policy.downAfterMs)}` : null],
  ])
  if (!scaler || scaler.history.length === 0) return about
  const history = table(
    scaler.history,
    [
      { title: 'when', of: ({ atMs }) => `${ago(atMs)} ago` },
      { title: 'request', of: ({ request }) => request },
      { title: 'outcome', of: ({ isDone }) => (isDone ? 'done' : 'failed') },
      { title: 'how', of: ({ text }) => text },
    ],
    '',
  )
  return `${about}\n\n${history}`
}
