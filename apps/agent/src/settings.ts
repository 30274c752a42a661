import os from 'node:os'
import path from 'node:path'
import type { AgentSettings } from '@quarterdeck/agent/node'
import {
  ANY_POOL,
  capacitySchema,
  type GpuOffer,
  gpuOfferSchema,
  type Labels,
  labelsSchema,
  limits,
  nodeIdSchema,
  type PortRange,
  poolNameSchema,
  portRangeSchema,
} from '@quarterdeck/domain'
import { z } from 'zod'
import { discoverGpus } from './discover-gpus.ts'

type Env = Readonly<Record<string, string | undefined>>
export type SettingsOutcome =
  | { readonly ok: true; readonly value: AgentSettings }
  /** One sentence per setting that cannot be used: its name, its value, what is accepted. */
  | { readonly ok: false; readonly problems: readonly string[] }

/** Settings that are not limits of the machine; what is measured fills in the rest. */
export type MachineDefaults = {
  readonly hostname: string
  readonly cpuCount: number
  readonly memoryBytes: number
  readonly temporaryFolder: string
  readonly homeFolder: string
  readonly isRoot: boolean
  readonly gpus: readonly GpuOffer[]
}

export function machineDefaults(): MachineDefaults {
  return {
    hostname: os.hostname(),
    cpuCount: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    temporaryFolder: os.tmpdir(),
    homeFolder: os.homedir(),
    isRoot: process.getuid?.() === 0,
    gpus: discoverGpus(),
  }
}

/** Reads an agent's settings from its environment. Pure: every problem is found at once, none by trying. */
export function readSettings(env: Env, machine: MachineDefaults): SettingsOutcome {
  const problems: string[] = []
  /** Takes one setting: parsed when it is set, `fallback` when it is not. */
  function take<T>(name: string, schema: z.ZodType<T>, accepted: string, fallback: T): T {
    const text = env[name]
    if (text === undefined || text === '') return fallback
    const parsed = schema.safeParse(text)
    if (parsed.success) return parsed.data
    problems.push(`${name} is ${JSON.stringify(shown(name, text))}; accepted is ${accepted}`)
    return fallback
  }
  const name = z
    .string()
    .max(limits.nameLengthMax)
    .regex(/^[a-zA-Z0-9][\w.-]*$/)
  const whole = z.string().regex(/^\d+$/).transform(Number)
  const dataFolder = path.resolve(
    take('QD_DATA_DIR', z.string(), 'a folder', path.join(machine.homeFolder, '.quarterdeck', 'agent')),
  )
  const allowController = take('QD_ALLOW_CONTROLLER', flag, 'true or false', false)
  const controllerEntry = take<string | null>('QD_CONTROLLER_ENTRY', z.string(), 'a program file', null)
  if (allowController && controllerEntry === null)
    problems.push(
      'QD_ALLOW_CONTROLLER is "true", but QD_CONTROLLER_ENTRY is not set; accepted is the program file of a controller',
    )

  const value: AgentSettings = {
    controllers: take('QD_CONTROLLERS', urls, 'one or more http:// or https:// addresses, separated by commas', [
      'http://127.0.0.1:7400',
    ]),
    joinToken: take<string | null>('QD_JOIN_TOKEN', z.string().max(200), 'a join token', null),
    nodeName: take<string>(
      'QD_NODE_NAME',
      nodeIdSchema,
      '1 to 63 characters of a-z 0-9 . _ -',
      nameFrom(machine.hostname),
    ),
    zone: take('QD_ZONE', name, 'up to 63 letters, digits, . _ -', 'default'),
    region: take('QD_REGION', name, 'up to 63 letters, digits, . _ -', 'default'),
    labels: take<Labels>('QD_LABELS', labels, 'pairs such as disk=ssd,gpu=none', {}),
    pool: take<string | null>(
      'QD_POOL',
      poolNameSchema.refine((pool) => pool !== ANY_POOL),
      'the name of a pool such as gpu',
      null,
    ),
    dataFolder,
    workFolder: take(
      'QD_WORK_DIR',
      z.string().startsWith('/'),
      'an absolute path',
      defaultWorkFolder(dataFolder, machine),
    ),
    capacity: {
      cpuMillis: take('QD_CAPACITY_CPU', cpu, 'a number of processors such as 4 or 0.5', machine.cpuCount * 1_000),
      memoryBytes: take('QD_CAPACITY_MEMORY', memory, 'a size such as 512MiB, 8GiB or bytes', machine.memoryBytes),
      taskSlots: take(
        'QD_CAPACITY_SLOTS',
        whole.pipe(capacitySchema.shape.taskSlots),
        'a whole number from 1 to 100000',
        64,
      ),
      ports: take<PortRange>('QD_PORT_RANGE', ports, 'a range such as 20000-29999', { from: 20_000, to: 29_999 }),
      gpus: take<GpuOffer[]>('QD_GPUS', gpus, 'models with counts such as A100:4,T4:1, or none', [...machine.gpus]),
    },
    handlersModule: resolved(take<string | null>('QD_HANDLERS', z.string(), 'a JavaScript module', null)),
    handlerWorkers: take(
      'QD_HANDLER_WORKERS',
      whole.pipe(z.number().min(1).max(256)),
      'a whole number from 1 to 256',
      machine.cpuCount,
    ),
    allowController,
    controllerEntry: resolved(controllerEntry),
    policyFile: resolved(take<string | null>('QD_AGENT_POLICY', z.string(), 'a JSON file', null)),
    cgroupRoot: take('QD_CGROUP_ROOT', z.string().startsWith('/'), 'an absolute path', '/sys/fs/cgroup'),
    logLevel: take(
      'QD_LOG_LEVEL',
      z.enum(['debug', 'info', 'warn', 'error', 'silent']),
      'debug, info, warn, error or silent',
      'info',
    ),
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value }
}

const flag = z.enum(['true', 'false']).transform((text) => text === 'true')

const urls = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((url) => url.trim())
      .filter(Boolean),
  )
  .pipe(
    z
      .array(z.url({ protocol: /^https?$/ }))
      .min(1)
      .max(64),
  )

const labels = z
  .string()
  .transform((text) =>
    Object.fromEntries(
      text
        .split(',')
        .filter(Boolean)
        .map((pair) => splitPair(pair.trim())),
    ),
  )
  .pipe(labelsSchema)

const ports = z
  .string()
  .regex(/^\d+-\d+$/)
  .transform((text) => {
    const [from, to] = text.split('-').map(Number)
    return { from, to }
  })
  .pipe(portRangeSchema)

const gpus = z
  .string()
  .transform((text) =>
    text === 'none'
      ? []
      : text.split(',').map((each) => {
          const [model, count = '1'] = each.trim().split(':')
          return { model, count: Number(count) }
        }),
  )
  .pipe(z.array(gpuOfferSchema).max(limits.gpusPerNodeMax))

const cpu = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .transform((text) => Math.round(Number(text) * 1_000))
  .pipe(capacitySchema.shape.cpuMillis.min(1))

const units: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
}
const memory = z
  .string()
  .regex(/^\d+(\.\d+)?\s*([kmgt]i?)?b?$/i)
  .transform((text) => {
    const [, amount = '', unit = ''] = /^([\d.]+)\s*([kmgt]i?)?b?$/i.exec(text) ?? []
    return Math.round(Number(amount) * (units[unit.toLowerCase()] ?? 1))
  })
  .pipe(capacitySchema.shape.memoryBytes.min(1))

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=')
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
}

/** A name that the cluster accepts, from one that a machine may have. */
function nameFrom(hostname: string): string {
  const name = hostname
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '-')
    .replace(/^[^a-z0-9]+/, '')
  return name.slice(0, limits.nameLengthMax) || 'node'
}

/**
 * A root agent runs tasks as other users, who cannot pass through the folder of its secrets, nor usually through root's home: their
 * folders lie where everybody may go.
 */
function defaultWorkFolder(dataFolder: string, { isRoot, temporaryFolder }: MachineDefaults): string {
  if (!isRoot) return path.join(dataFolder, 'work')
  return path.join(temporaryFolder, `quarterdeck-work${dataFolder.replace(/[^\w.-]+/g, '-')}`.slice(0, 200))
}

function resolved(file: string | null): string | null {
  return file === null ? null : path.resolve(file)
}

function shown(name: string, text: string): string {
  return name === 'QD_JOIN_TOKEN' ? '(a secret)' : text.slice(0, 200)
}
