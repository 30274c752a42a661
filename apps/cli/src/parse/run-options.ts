import { faultStrategies } from '@quarterdeck/domain'
import type { Command } from 'commander'
import { bytes, cpu, duration, each, gpu, jobCall, json, many, oneOf, wholeNumber } from './options.ts'
import { withWishOptions } from './wishes.ts'

/** The options that say what a task runs, where and how. `task-of.ts` reads them. */
export function withRunOptions(command: Command): Command {
  return withWishOptions(command)
    .option('--name <name>', 'shown everywhere (default: the name of the program or handler)')
    .option('--handler <name>', 'run this handler instead of a program')
    .option('--input <json>', 'what the handler gets', json('--input'))
    .option('--shell', 'give the whole command to /bin/sh -c')
    .option('--env <name=value>', 'a variable for the program; may be repeated', each)
    .option('--cwd <folder>', 'absolute working folder (default: a private one)')
    .option('--user <name>', 'user to run as; the agent has the last word')
    .option('--node <nodes>', 'only on these', many)
    .option('--not-node <nodes>', 'not on these', many)
    .option('--label <label>', 'only on nodes with it: gpu, !gpu, disk=ssd, disk!=ssd; may be repeated', each)
    .option('--pool <pool>', 'only on nodes of this pool (default: the pool default); any: of every pool')
    .option('--tolerate <taint>', 'also on nodes with this taint: key, key=value, key=value,10m; may be repeated', each)
    .option(
      '--max-running <count>',
      'no more of this name at a time',
      wholeNumber('--max-running', { min: 1, max: 1_000_000 }),
    )
    .option(
      '--max-per-node <count>',
      'no more of this name on one node',
      wholeNumber('--max-per-node', { min: 1, max: 100_000 }),
    )
    .option(
      '--max-waiting <count>',
      'refused while so many of this name wait',
      wholeNumber('--max-waiting', { min: 1, max: 1_000_000 }),
    )
    .option('--tag <key=value>', 'a label of the task itself; may be repeated', each)
    .option('--strategy <name>', 'how a node is chosen among those that fit; a chain: "locality > least-loaded"')
    .option('--hash-key <key>', 'what hash strategies go by (default: the name)')
    .option('--near-zone <zone>', 'where the strategy locality looks first')
    .option('--near-region <region>', 'where it looks next')
    .option('--cpu <amount>', 'reserve this much: 500m, 0.5, 2 (default 100m)', cpu('--cpu'))
    .option('--memory <size>', 'reserve this much: 64MiB, 1GiB (default 64MiB)', bytes('--memory'))
    .option('--gpu <amount>', 'whole GPUs or a share of one, of these models: 2, 0.3, 1:A100|T4', gpu('--gpu'))
    .option('--cpu-limit <amount>', 'may use no more', cpu('--cpu-limit'))
    .option('--memory-limit <size>', 'is ended above', bytes('--memory-limit'))
    .option(
      '--priority <0..100>',
      'a higher one is placed first (default 50)',
      wholeNumber('--priority', { min: 0, max: 100 }),
    )
    .option(
      '--retry <attempts>',
      'tries in all, the first included (default 3)',
      wholeNumber('--retry', { min: 1, max: 20 }),
    )
    .option(
      '--on-failure <strategy>',
      `${faultStrategies.join(', ')} (default failover): what it does about a failure`,
      oneOf('--on-failure', faultStrategies),
    )
    .option(
      '--fallback <json>',
      'counts as succeeded with this value when every attempt has failed',
      json('--fallback'),
    )
    .option('--fallback-run <script>', 'runs by /bin/sh once in its place when every attempt has failed')
    .option(
      '--fallback-job <call>',
      'the same with a job template, for example "backup level=3"',
      jobCall('--fallback-job'),
    )
    .option(
      '--deadline <duration>',
      'the result is of no use later: no attempt begins that would come too late',
      duration('--deadline'),
    )
    .option('--no-breaker', 'also on nodes where this job keeps failing')
    .option('--timeout <duration>', 'from start to end (default 15m)', duration('--timeout'))
    .option('--no-timeout', 'may run for ever')
    .option('--queue-timeout <duration>', 'from submit to a node', duration('--queue-timeout'))
    .option('--progress-timeout <duration>', 'longest silence', duration('--progress-timeout'))
    .option('--grace <duration>', 'between TERM and KILL (default 10s)', duration('--grace'))
    .option(
      '--policy <policy>',
      'at-least-once (default), at-most-once or exclusive',
      oneOf('--policy', ['at-least-once', 'at-most-once', 'exclusive']),
    )
    .option('--on-drain <what>', 'finish here (default) or move', oneOf('--on-drain', ['finish', 'move']))
    .option('--system', 'belongs to its node: a drain leaves it')
    .option('--durable', 'acknowledged only once it is safe in the store')
}
