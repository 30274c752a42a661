import { readFileSync } from 'node:fs'
import {
  type ControllerId,
  controllerIdSchema,
  limits,
  type NodeId,
  nodeIdSchema,
  type Timings,
  timingsSchema,
} from '@quarterdeck/domain'
import { z } from 'zod'
import { isLoopback } from './network-address.ts'

/** How one controller was told to run. */
export type Settings = {
  readonly controllerId: ControllerId
  /** Name of the cluster in the store's keys. */
  readonly cluster: string
  readonly host: string
  readonly port: number
  /** Fail when the port is taken, instead of trying the next ones. */
  readonly isPortStrict: boolean
  /** Where others reach this controller; null: made from host and port. */
  readonly advertiseUrl: string | null
  readonly redisUrl: string
  /** The node that this controller was started on by a promotion. */
  readonly nodeId: NodeId | null
  readonly timings: Timings
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null
  /** Per caller; five times as many may come at once. */
  readonly submitsPerSecond: number
  /** Over all machines. */
  readonly joinsPerMinute: number
  readonly logLevel: string
  readonly acceptsDataLoss: boolean
  readonly dashboardDir: string | null
  readonly agentBundle: string | null
  /** Where a first start leaves the tokens that a script needs to enter the new cluster. */
  readonly starterFile: string | null
}

/** A setting that cannot be used: name, value and what is accepted, in one sentence. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
}

type Environment = Readonly<Record<string, string | undefined>>

const booleanSchema = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true')

function wholeNumber(min: number, max: number) {
  const accepted = `must be a whole number from ${min} to ${max}`
  return z.coerce.number(accepted).int(accepted).min(min, accepted).max(max, accepted)
}

const fields = {
  QD_CONTROLLER_ID: controllerIdSchema,
  QD_CLUSTER: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be 1 to 32 characters of a-z 0-9 -')
    .default('quarterdeck'),
  QD_HOST: z.string().min(1).max(255).default('127.0.0.1'),
  QD_PORT: wholeNumber(1, 65_535).default(7400),
  QD_PORT_STRICT: booleanSchema.default(false),
  QD_ADVERTISE_URL: z
    .string()
    .refine(isWebUrl, 'must be http://host:port or https://host:port')
    .transform((url) => new URL(url).origin)
    .optional(),
  QD_REDIS_URL: z
    .string()
    .refine(isRedisUrl, 'must be redis://host:port or rediss://host:port')
    .default('redis://127.0.0.1:6379'),
  QD_NODE_ID: nodeIdSchema.optional(),
  QD_TIMINGS: z.string().transform(parseTimings).default(timingsSchema.parse({})),
  QD_INSECURE_BIND: booleanSchema.default(false),
  QD_INSECURE_REDIS: booleanSchema.default(false),
  QD_TLS_CERT: z.string().min(1).optional(),
  QD_TLS_KEY: z.string().min(1).optional(),
  QD_SUBMITS_PER_SECOND: wholeNumber(1, 1_000_000).default(limits.submitsPerSecond),
  QD_JOINS_PER_MINUTE: wholeNumber(1, 1_000_000).default(limits.joinsPerMinute),
  QD_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent')
    .default('info'),
  QD_ACCEPT_DATA_LOSS: booleanSchema.default(false),
  QD_DASHBOARD_DIR: z.string().min(1).optional(),
  QD_AGENT_BUNDLE: z.string().min(1).optional(),
  QD_STARTER_FILE: z.string().min(1).optional(),
} as const

/** Their values may hold a password or a whole document. */
const shownNever = new Set(['QD_REDIS_URL', 'QD_TIMINGS'])

/** Reads the settings out of the environment. Throws a `SettingError` for the first that cannot be used. */
export function readSettings(env: Environment, defaults: { readonly controllerId: string }): Settings {
  const controllerId = read(env, 'QD_CONTROLLER_ID', fields.QD_CONTROLLER_ID, defaults.controllerId)
  const host = read(env, 'QD_HOST', fields.QD_HOST)
  const tls = readTls(read(env, 'QD_TLS_CERT', fields.QD_TLS_CERT), read(env, 'QD_TLS_KEY', fields.QD_TLS_KEY))
  const redisUrl = read(env, 'QD_REDIS_URL', fields.QD_REDIS_URL)
  if (!tls && !isLoopback(host) && !read(env, 'QD_INSECURE_BIND', fields.QD_INSECURE_BIND)) {
    throw new SettingError(
      `QD_HOST is ${host}, which other machines can reach: set QD_TLS_CERT and QD_TLS_KEY, or QD_INSECURE_BIND=true to send passwords and tokens unencrypted.`,
    )
  }
  if (isPlaintextElsewhere(redisUrl) && !read(env, 'QD_INSECURE_REDIS', fields.QD_INSECURE_REDIS)) {
    throw new SettingError(
      'QD_REDIS_URL names another machine without TLS: use rediss://, or set QD_INSECURE_REDIS=true if the network between is private.',
    )
  }
  return {
    controllerId,
    cluster: read(env, 'QD_CLUSTER', fields.QD_CLUSTER),
    host,
    port: read(env, 'QD_PORT', fields.QD_PORT),
    isPortStrict: read(env, 'QD_PORT_STRICT', fields.QD_PORT_STRICT),
    advertiseUrl: read(env, 'QD_ADVERTISE_URL', fields.QD_ADVERTISE_URL) ?? null,
    redisUrl,
    nodeId: read(env, 'QD_NODE_ID', fields.QD_NODE_ID) ?? null,
    timings: read(env, 'QD_TIMINGS', fields.QD_TIMINGS),
    tls,
    submitsPerSecond: read(env, 'QD_SUBMITS_PER_SECOND', fields.QD_SUBMITS_PER_SECOND),
    joinsPerMinute: read(env, 'QD_JOINS_PER_MINUTE', fields.QD_JOINS_PER_MINUTE),
    logLevel: read(env, 'QD_LOG_LEVEL', fields.QD_LOG_LEVEL),
    acceptsDataLoss: read(env, 'QD_ACCEPT_DATA_LOSS', fields.QD_ACCEPT_DATA_LOSS),
    dashboardDir: read(env, 'QD_DASHBOARD_DIR', fields.QD_DASHBOARD_DIR) ?? null,
    agentBundle: read(env, 'QD_AGENT_BUNDLE', fields.QD_AGENT_BUNDLE) ?? null,
    starterFile: read(env, 'QD_STARTER_FILE', fields.QD_STARTER_FILE) ?? null,
  }
}

/** An empty variable counts as absent: shells and service files produce them easily. */
function read<Schema extends z.ZodType>(
  env: Environment,
  name: keyof typeof fields,
  schema: Schema,
  fallback?: string,
): z.output<Schema> {
  const text = env[name] === '' ? undefined : env[name]
  const parsed = schema.safeParse(text ?? fallback)
  if (parsed.success) return parsed.data
  const value = shownNever.has(name) ? '' : ` is ${JSON.stringify((text ?? fallback ?? '').slice(0, 80))}`
  throw new SettingError(`${name}${value}: it ${parsed.error.issues[0]?.message ?? 'cannot be used'}.`)
}

function readTls(certFile: string | undefined, keyFile: string | undefined): Settings['tls'] {
  if (!certFile && !keyFile) return null
  if (!certFile || !keyFile) {
    throw new SettingError(
      `${certFile ? 'QD_TLS_KEY' : 'QD_TLS_CERT'} is missing: TLS needs both a certificate and a key, as PEM files.`,
    )
  }
  return { cert: readPem('QD_TLS_CERT', certFile), key: readPem('QD_TLS_KEY', keyFile) }
}

function readPem(name: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new SettingError(
      `${name} is ${JSON.stringify(file)}: it must be a PEM file that can be read (${(error as NodeJS.ErrnoException).code ?? 'failed'}).`,
    )
  }
}

function parseTimings(text: string, context: z.RefinementCtx): Timings {
  try {
    const parsed = timingsSchema.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    context.addIssue(`has a wrong ${issue?.path.join('.') || 'value'}: ${issue?.message}`)
  } catch {
    context.addIssue('must be a JSON object such as {"leaseTtlMs":3000}')
  }
  return z.NEVER
}

function isWebUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol)
}

function isRedisUrl(text: string): boolean {
  return URL.canParse(text) && ['redis:', 'rediss:'].includes(new URL(text).protocol)
}

function isPlaintextElsewhere(redisUrl: string): boolean {
  const { protocol, hostname } = new URL(redisUrl)
  return protocol === 'redis:' && !isLoopback(hostname)
}
