import {
  envNameSchema,
  type FaultStrategy,
  type GpuNeed,
  type JobCall,
  type TaskSubmitInput,
  unixMsSchema,
} from '@quarterdeck/domain'
import { UsageError } from '../failure.ts'
import { nodeIdOf } from './ids.ts'
import { constraints, labels } from './options.ts'
import { tolerationOf } from './taints.ts'
import { type WishFlags, wishesOf } from './wishes.ts'

/** What `qd task run` was given, each option parsed. */
export type RunFlags = WishFlags & {
  readonly name?: string
  readonly handler?: string
  readonly input?: unknown
  readonly shell?: boolean
  readonly env?: readonly string[]
  readonly cwd?: string
  readonly user?: string
  readonly node?: readonly string[]
  readonly notNode?: readonly string[]
  readonly label?: readonly string[]
  readonly pool?: string
  readonly tolerate?: readonly string[]
  readonly maxRunning?: number
  readonly maxPerNode?: number
  readonly maxWaiting?: number
  readonly tag?: readonly string[]
  readonly strategy?: string
  readonly hashKey?: string
  readonly nearZone?: string
  readonly nearRegion?: string
  readonly cpu?: number
  readonly memory?: number
  readonly gpu?: GpuNeed
  readonly cpuLimit?: number
  readonly memoryLimit?: number
  readonly priority?: number
  readonly retry?: number
  readonly onFailure?: FaultStrategy
  readonly fallback?: unknown
  readonly fallbackRun?: string
  readonly fallbackJob?: JobCall
  readonly deadline?: number
  /** `false`: --no-breaker. */
  readonly breaker?: boolean
  /** `false`: --no-timeout. */
  readonly timeout?: number | false
  readonly queueTimeout?: number
  readonly progressTimeout?: number
  readonly grace?: number
  readonly delay?: number
  readonly policy?: 'at-least-once' | 'at-most-once' | 'exclusive'
  readonly onDrain?: 'finish' | 'move'
  readonly system?: boolean
  readonly durable?: boolean
  readonly idempotencyKey?: string
}

const DEFAULT_CPU_MILLIS = 100
const DEFAULT_MEMORY_BYTES = 64 * 1024 * 1024

/** The task that a command line asks for. What is absent is left to the cluster's own defaults. */
export function taskOf(flags: RunFlags, words: readonly string[], nowMs: number): TaskSubmitInput {
  const {
    cpu,
    memory,
    gpu,
    hashKey,
    nearZone,
    nearRegion,
    retry,
    grace,
    delay,
    priority,
    strategy,
    policy,
    onDrain,
    idempotencyKey,
  } = flags
  const work = flags.handler === undefined ? program(flags, words) : handler(flags, flags.handler, words)
  return {
    name: flags.name ?? nameOf(work.title),
    ...work.spec,
    ...(cpu === undefined && memory === undefined && gpu === undefined
      ? {}
      : {
          resources: {
            cpuMillis: cpu ?? DEFAULT_CPU_MILLIS,
            memoryBytes: memory ?? DEFAULT_MEMORY_BYTES,
            ...(gpu === undefined ? {} : { gpu }),
          },
        }),
    ...(flags.tag ? { labels: labels('--tag', flags.tag) } : {}),
    ...(flags.label ? { constraints: constraints('--label', flags.label) } : {}),
    ...(flags.node ? { onNodes: flags.node.map(nodeIdOf) } : {}),
    ...(flags.notNode ? { notOnNodes: flags.notNode.map(nodeIdOf) } : {}),
    ...(flags.pool === undefined ? {} : { pool: flags.pool }),
    ...(flags.tolerate ? { tolerations: flags.tolerate.map(tolerationOf) } : {}),
    ...wishesOf(flags),
    ...concurrency(flags),
    ...(strategy === undefined ? {} : { strategy }),
    ...(hashKey === undefined ? {} : { hashKey }),
    ...(nearZone === undefined && nearRegion === undefined
      ? {}
      : {
          near: {
            ...(nearZone === undefined ? {} : { zone: nearZone }),
            ...(nearRegion === undefined ? {} : { region: nearRegion }),
          },
        }),
    ...(priority === undefined ? {} : { priority }),
    ...(policy === undefined ? {} : { policy }),
    ...(retry === undefined ? {} : { retry: { attemptsMax: retry } }),
    ...faults(flags),
    ...timeouts(flags),
    ...(grace === undefined ? {} : { killGraceMs: grace }),
    ...(delay === undefined ? {} : { startAtMs: unixMsSchema.parse(nowMs + delay) }),
    ...(onDrain === undefined ? {} : { onDrain }),
    ...(flags.system ? { system: true } : {}),
    ...(flags.durable ? { durable: true } : {}),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  }
}

function concurrency({ maxRunning, maxPerNode, maxWaiting }: RunFlags): Pick<TaskSubmitInput, 'concurrency'> {
  if (maxRunning === undefined && maxPerNode === undefined && maxWaiting === undefined) return {}
  return {
    concurrency: {
      ...(maxRunning === undefined ? {} : { running: maxRunning }),
      ...(maxPerNode === undefined ? {} : { perNode: maxPerNode }),
      ...(maxWaiting === undefined ? {} : { waiting: maxWaiting }),
    },
  }
}

function faults({
  onFailure,
  fallback,
  fallbackRun,
  fallbackJob,
  deadline,
  breaker,
}: RunFlags): Pick<TaskSubmitInput, 'faults'> {
  const isUsual = [onFailure, fallback, fallbackRun, fallbackJob, deadline].every((flag) => flag === undefined)
  if (isUsual && breaker !== false) return {}
  return {
    faults: {
      ...(onFailure === undefined ? {} : { strategy: onFailure }),
      ...(breaker === false ? { breaker: false } : {}),
      ...(deadline === undefined ? {} : { deadlineMs: deadline }),
      ...(fallbackRun === undefined
        ? {}
        : { fallbackWork: { driver: 'exec' as const, exec: { command: fallbackRun, shell: true } } }),
      ...(fallbackJob === undefined ? {} : { fallbackJob: { id: fallbackJob.id, values: { ...fallbackJob.values } } }),
      ...(fallback === undefined
        ? {}
        : { fallbackValue: fallback as NonNullable<NonNullable<TaskSubmitInput['faults']>['fallbackValue']> }),
    },
  }
}

type Work = { readonly title: string; readonly spec: Pick<TaskSubmitInput, 'driver' | 'exec' | 'handler'> }

function program(flags: RunFlags, words: readonly string[]): Work {
  const [first, ...rest] = words
  if (first === undefined) throw new UsageError('A program is missing: qd task run -- prog args…, or --handler <name>')
  if (flags.input !== undefined) throw new UsageError('--input goes with --handler; a program gets arguments')
  const exec = {
    command: flags.shell ? words.join(' ') : first,
    ...(flags.shell ? { shell: true } : { args: rest }),
    ...(flags.env ? { env: environment(flags.env) } : {}),
    ...(flags.cwd === undefined ? {} : { workingFolder: flags.cwd }),
    ...(flags.user === undefined ? {} : { user: flags.user }),
    ...(flags.cpuLimit === undefined && flags.memoryLimit === undefined
      ? {}
      : {
          limits: {
            ...(flags.cpuLimit === undefined ? {} : { cpuMillis: flags.cpuLimit }),
            ...(flags.memoryLimit === undefined ? {} : { memoryBytes: flags.memoryLimit }),
          },
        }),
  }
  return { title: first.split(/\s/)[0]?.split('/').at(-1) ?? '', spec: { driver: 'exec', exec } }
}

function handler(flags: RunFlags, name: string, words: readonly string[]): Work {
  if (words.length > 0) throw new UsageError(`--handler ${name} runs a function: it takes --input, not arguments`)
  for (const option of ['shell', 'env', 'cwd', 'user', 'cpuLimit', 'memoryLimit'] as const) {
    if (flags[option] !== undefined)
      throw new UsageError(
        `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} is for programs and not for --handler`,
      )
  }
  const input = flags.input as NonNullable<TaskSubmitInput['handler']>['input']
  return { title: name, spec: { driver: 'handler', handler: { name, ...(input === undefined ? {} : { input }) } } }
}

function timeouts({ timeout, queueTimeout, progressTimeout }: RunFlags): Pick<TaskSubmitInput, 'timeouts'> {
  if (timeout === undefined && queueTimeout === undefined && progressTimeout === undefined) return {}
  return {
    timeouts: {
      ...(timeout === undefined ? {} : { runMs: timeout === false ? null : timeout }),
      ...(queueTimeout === undefined ? {} : { queueMs: queueTimeout }),
      ...(progressTimeout === undefined ? {} : { progressMs: progressTimeout }),
    },
  }
}

function environment(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=')
      if (at < 1 || !envNameSchema.safeParse(text.slice(0, at)).success)
        throw new UsageError(`--env ${JSON.stringify(text.slice(0, 60))} must be NAME=value`)
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

/** A task's name from a program's: what names may not hold becomes a hyphen. */
function nameOf(title: string): string {
  const name = title
    .replaceAll(/[^\w.-]/g, '-')
    .replace(/^[^a-zA-Z0-9]+/, '')
    .slice(0, 63)
  return name === '' ? 'task' : name
}
