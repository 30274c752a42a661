import { type AutoscaleMetric, type AutoscalePolicy, autoscalePolicySchema, limits } from '@quarterdeck/domain'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import { serviceIdOf } from '../parse/ids.ts'
import { duration, each, wholeNumber } from '../parse/options.ts'
import { withReason } from '../parse/with-reason.ts'
import { describeAutoscaler } from '../show/describe-autoscaler.ts'

type Flags = {
  readonly reason?: string
  readonly off?: boolean
  readonly min?: string
  readonly max?: string
  readonly cpu?: string
  readonly memory?: string
  readonly queue?: readonly string[]
  readonly metric?: readonly string[]
  readonly tolerance?: string
  readonly every?: string
  readonly upAfter?: string
  readonly downAfter?: string
}

/** Autoscaling of services: the policy, the numbers that it is told, and why it did what it did. */
export function addAutoscaleCommands(service: Command, run: Run): void {
  const autoscale = withReason(
    leaf(service, 'autoscale <service>', 'let measures decide how many replicas run')
      .option('--min <replicas>', 'the least (1)')
      .option('--max <replicas>', 'the most')
      .option('--cpu <percent>', 'used of the CPU that a replica asks for')
      .option('--memory <percent>', 'used of the memory that a replica asks for')
      .option('--queue <job=N>', 'one replica for N waiting tasks of this name', each)
      .option('--metric <name=N>', 'one replica for N of a number that is told with `qd service metric`', each)
      .option('--tolerance <percent>', 'off its target by less changes nothing (10)')
      .option('--every <duration>', 'between two looks (15s)')
      .option('--up-after <duration>', 'more only when more was wanted for so long (0s)')
      .option('--down-after <duration>', 'fewer only when fewer were wanted for so long (5m)')
      .option('--off', 'operators decide again; the number stays as it is'),
  )
  act<Flags, readonly [string]>(autoscale, run, async ({ cluster, options, args, print }) => {
    const id = serviceIdOf(args[0])
    const policy = options.off ? null : policyOf(options)
    await cluster.services.autoscale({ id, autoscale: policy, reason: options.reason ?? '' })
    print.result({ id, autoscale: policy }, () =>
      policy ? `${id}: autoscaled from ${policy.min} to ${policy.max} replicas` : `${id}: not autoscaled any more`,
    )
    return 0
  })

  const metric = leaf(service, 'metric <service> <name> <value>', 'tell a number that its autoscaling reads')
  act<object, readonly [string, string, string]>(metric, run, async ({ cluster, args, print }) => {
    const id = serviceIdOf(args[0])
    const value = Number(args[2])
    if (args[2].trim() === '' || !Number.isFinite(value) || value < 0)
      throw new UsageError(`<value> ${JSON.stringify(args[2])} must be a number from 0`)
    await cluster.services.tellMetric({ id, name: args[1], value })
    print.result({ id, name: args[1], value }, () => `${id}: ${args[1]} is ${value}`)
    return 0
  })

  const explain = leaf(service, 'explain <service>', 'why it has as many replicas as it has')
  act<object, readonly [string]>(explain, run, async ({ cluster, args, print }) => {
    const { value } = await cluster.services.get({ id: serviceIdOf(args[0]) })
    const { service: row, autoscaler } = value
    print.result({ id: row.id, replicas: row.replicas, autoscale: row.autoscale ?? null, autoscaler }, () =>
      describeAutoscaler(row, autoscaler),
    )
    return 0
  })
}

function policyOf(flags: Flags): AutoscalePolicy {
  const { min, max, cpu, memory, queue, metric, tolerance, every, upAfter, downAfter } = flags
  const replicas = (option: string, text: string, least: number) =>
    wholeNumber(option, { min: least, max: limits.replicasMax })(text)
  const percent = (option: string, text: string, least: number) => wholeNumber(option, { min: least, max: 1_000 })(text)
  if (max === undefined) throw new UsageError('--max is missing: say the most replicas that there may be')
  const metrics: AutoscaleMetric[] = [
    ...(cpu === undefined ? [] : [{ kind: 'cpu' as const, targetPercent: percent('--cpu', cpu, 1) }]),
    ...(memory === undefined ? [] : [{ kind: 'memory' as const, targetPercent: percent('--memory', memory, 1) }]),
    ...(queue ?? []).map((text) => {
      const { name, perReplica } = target('--queue', text)
      return { kind: 'queue' as const, job: name, perReplica }
    }),
    ...(metric ?? []).map((text) => ({ kind: 'metric' as const, ...target('--metric', text) })),
  ]
  if (metrics.length === 0) throw new UsageError('say what is measured: --cpu, --memory, --queue or --metric')
  const parsed = autoscalePolicySchema.safeParse({
    ...(min === undefined ? {} : { min: replicas('--min', min, 0) }),
    max: replicas('--max', max, 1),
    metrics,
    ...(tolerance === undefined ? {} : { tolerancePercent: percent('--tolerance', tolerance, 0) }),
    ...(every === undefined ? {} : { everyMs: duration('--every')(every) }),
    ...(upAfter === undefined ? {} : { up: { stabiliseMs: duration('--up-after')(upAfter) } }),
    ...(downAfter === undefined ? {} : { down: { stabiliseMs: duration('--down-after')(downAfter) } }),
  })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UsageError(`autoscale ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is refused'}`)
}

/** `resize=10`: one replica for ten of it. */
function target(option: string, text: string): { readonly name: string; readonly perReplica: number } {
  const [name = '', number = ''] = text.split('=')
  const perReplica = Number(number)
  if (name === '' || number === '' || !(perReplica > 0))
    throw new UsageError(`${option} ${JSON.stringify(text)} must be name=N, for example resize=10`)
  return { name, perReplica }
}
