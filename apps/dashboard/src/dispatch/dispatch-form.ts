import {
  type Constraint,
  type FaultStrategy,
  type NodeId,
  parseGpu,
  readJobCall,
  type TaskSubmit,
  type TaskSubmitInput,
  taskSubmitSchema,
  writeGpu,
  writeJobCall,
} from '@quarterdeck/domain'
import { formatBytes, parseBytes } from '../format/amount.ts'
import { DURATION_HINT, parseDuration, writeDuration } from '../format/duration.ts'
import { noWishes, readWishes, type WishFields, wishFieldsOf, wishOptions } from './wishes.ts'

/** The dispatch form as text fields: what a person types, before it means anything. */
export type DispatchForm = WishFields & {
  readonly driver: 'exec' | 'handler'
  readonly name: string
  readonly command: string
  readonly args: string
  readonly isShell: boolean
  readonly env: string
  readonly workingFolder: string
  readonly user: string
  readonly handler: string
  readonly input: string
  readonly cpu: string
  readonly memory: string
  readonly gpu: string
  readonly needs: string
  readonly pool: string
  readonly maxRunning: string
  readonly maxPerNode: string
  readonly onNode: string
  readonly strategy: string
  /** Strategies with > between; when it is filled in, it counts and `strategy` does not. */
  readonly chain: string
  readonly hashKey: string
  readonly nearZone: string
  readonly priority: string
  readonly policy: 'at-least-once' | 'at-most-once' | 'exclusive'
  readonly attempts: string
  readonly backoff: string
  readonly onFailure: FaultStrategy
  /** JSON; empty: none. */
  readonly fallback: string
  /** A script that runs in its place when every attempt has failed; empty: none. */
  readonly fallbackRun: string
  /** A job template and its values that run in its place; empty: none. */
  readonly fallbackJob: string
  readonly deadline: string
  readonly obeysBreaker: boolean
  readonly timeLimit: string
  readonly onDrain: 'finish' | 'move'
  readonly isDurable: boolean
}

export const emptyDispatchForm: DispatchForm = {
  ...noWishes,
  driver: 'exec',
  name: '',
  command: '',
  args: '',
  isShell: false,
  env: '',
  workingFolder: '',
  user: '',
  handler: '',
  input: 'null',
  cpu: '0.1',
  memory: '64 MiB',
  gpu: '',
  needs: '',
  pool: '',
  maxRunning: '',
  maxPerNode: '',
  onNode: '',
  strategy: '',
  chain: '',
  hashKey: '',
  nearZone: '',
  priority: '50',
  policy: 'at-least-once',
  attempts: '3',
  backoff: '1s',
  onFailure: 'failover',
  fallback: '',
  fallbackRun: '',
  fallbackJob: '',
  deadline: '',
  obeysBreaker: true,
  timeLimit: '15m',
  onDrain: 'finish',
  isDurable: false,
}

export type FieldProblems = Partial<Record<keyof DispatchForm, string>>
export type ReadForm = { readonly submit: TaskSubmitInput | null; readonly problems: FieldProblems }

/** Reads the form. Without problems `submit` is what the API accepts, by the API's own schema. */
export function readDispatchForm(form: DispatchForm): ReadForm {
  const problems: FieldProblems = {}
  const cpu = Number(form.cpu)
  if (!Number.isFinite(cpu) || cpu < 0 || form.cpu.trim() === '') problems.cpu = 'Write a number of cores such as 0.5.'
  const memoryBytes = parseBytes(form.memory)
  if (memoryBytes === null) problems.memory = 'Write an amount such as 64 MiB.'
  const gpu = form.gpu.trim() === '' ? null : parseGpu(form.gpu)
  if (gpu && !gpu.ok) problems.gpu = 'Write 2, 0.3 or 1:A100|T4.'
  const strategy = form.chain.trim() || form.strategy
  const runMs = form.timeLimit.trim() === '' ? null : parseDuration(form.timeLimit)
  if (form.timeLimit.trim() !== '' && runMs === null) problems.timeLimit = DURATION_HINT
  const backoffBaseMs = parseDuration(form.backoff)
  if (backoffBaseMs === null) problems.backoff = DURATION_HINT
  const needs = readNeeds(form.needs)
  if (typeof needs === 'string') problems.needs = needs
  const work = form.driver === 'exec' ? readExec(form, problems) : readHandler(form, problems)
  const name = form.name.trim() || defaultName(form)
  if (!name) return { submit: null, problems }

  const submit: TaskSubmitInput = {
    name,
    driver: form.driver,
    ...work,
    resources: {
      cpuMillis: Math.round(cpu * 1_000),
      memoryBytes: memoryBytes ?? 0,
      ...(gpu?.ok ? { gpu: gpu.value } : {}),
    },
    constraints: typeof needs === 'string' ? [] : needs,
    ...(form.pool.trim() ? { pool: form.pool.trim() } : {}),
    ...readWishes(form, problems),
    ...readConcurrency(form),
    onNodes: form.onNode ? [form.onNode as NodeId] : [],
    ...(strategy ? { strategy } : {}),
    ...(form.hashKey.trim() ? { hashKey: form.hashKey.trim() } : {}),
    ...(form.nearZone.trim() ? { near: { zone: form.nearZone.trim() } } : {}),
    priority: Number(form.priority),
    policy: form.policy,
    retry: {
      attemptsMax: Number(form.attempts),
      backoffBaseMs: backoffBaseMs ?? 0,
      backoffCapMs: Math.max(60_000, backoffBaseMs ?? 0),
    },
    ...readFaults(form, problems),
    timeouts: { runMs },
    onDrain: form.onDrain,
    durable: form.isDurable,
  }
  if (Object.keys(problems).length > 0) return { submit: null, problems }
  const checked = taskSubmitSchema.safeParse(submit)
  if (checked.success) return { submit, problems }
  for (const issue of checked.error.issues) problems[fieldOf(issue.path)] ??= issue.message
  return { submit: null, problems }
}

function readConcurrency({ maxRunning, maxPerNode }: DispatchForm): Pick<TaskSubmitInput, 'concurrency'> {
  if (maxRunning.trim() === '' && maxPerNode.trim() === '') return {}
  return {
    concurrency: {
      ...(maxRunning.trim() ? { running: Number(maxRunning) } : {}),
      ...(maxPerNode.trim() ? { perNode: Number(maxPerNode) } : {}),
    },
  }
}

/** Nothing when it is all as usual, so that the task says only what somebody chose. */
function readFaults(
  { onFailure, fallback, fallbackRun, fallbackJob, deadline, obeysBreaker }: DispatchForm,
  problems: FieldProblems,
): Pick<TaskSubmitInput, 'faults'> {
  const isUsual = [fallback, fallbackRun, fallbackJob, deadline].every((text) => text.trim() === '')
  if (onFailure === 'failover' && isUsual && obeysBreaker) return {}
  const deadlineMs = deadline.trim() === '' ? undefined : parseDuration(deadline)
  if (deadlineMs === null) problems.deadline = DURATION_HINT
  const call = fallbackJob.trim() === '' ? null : readJobCall(fallbackJob)
  if (call && !call.ok) problems.fallbackJob = call.error
  const faults = {
    strategy: onFailure,
    breaker: obeysBreaker,
    ...(deadlineMs ? { deadlineMs } : {}),
    ...(fallbackRun.trim() === ''
      ? {}
      : { fallbackWork: { driver: 'exec' as const, exec: { command: fallbackRun, shell: true } } }),
    ...(call?.ok ? { fallbackJob: { id: call.value.id, values: { ...call.value.values } } } : {}),
  }
  if (fallback.trim() === '') return { faults }
  try {
    return { faults: { ...faults, fallbackValue: JSON.parse(fallback) } }
  } catch {
    problems.fallback = 'This is not JSON.'
    return {}
  }
}

function readExec(form: DispatchForm, problems: FieldProblems): Pick<TaskSubmitInput, 'exec'> {
  if (form.command.trim() === '') problems.command = form.isShell ? 'Write a script.' : 'Name a program.'
  const args = splitArguments(form.args)
  if (args === null) problems.args = 'A quotation mark is not closed.'
  const env: Record<string, string> = {}
  for (const line of form.env.split('\n').filter((each) => each.trim() !== '')) {
    const at = line.indexOf('=')
    if (at <= 0) problems.env = `Write NAME=value; "${line}" is not.`
    else env[line.slice(0, at).trim()] = line.slice(at + 1)
  }
  return {
    exec: {
      command: form.isShell ? form.command : form.command.trim(),
      args: form.isShell ? [] : (args ?? []),
      shell: form.isShell,
      env,
      ...(form.workingFolder ? { workingFolder: form.workingFolder } : {}),
      ...(form.user ? { user: form.user } : {}),
    },
  }
}

function readHandler(form: DispatchForm, problems: FieldProblems): Pick<TaskSubmitInput, 'handler'> {
  if (!form.handler) problems.handler = 'Choose a handler.'
  try {
    return { handler: { name: form.handler, input: JSON.parse(form.input || 'null') } }
  } catch {
    problems.input = 'This is not JSON.'
    return {}
  }
}

/** Splits like a shell does, but expands nothing: quotes and backslashes only. Null when a quote is not closed. */
export function splitArguments(text: string): string[] | null {
  const words: string[] = []
  let word: string | null = null
  let quote: string | null = null
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (quote) {
      if (char === quote) quote = null
      else if (char === '\\' && quote === '"') word = (word ?? '') + (text[++at] ?? '')
      else word = (word ?? '') + char
    } else if (char === '"' || char === "'") {
      quote = char
      word ??= ''
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word)
      word = null
    } else word = (word ?? '') + (char === '\\' ? (text[++at] ?? '') : char)
  }
  if (word !== null) words.push(word)
  return quote ? null : words
}

/** `gpu` (has the label), `-gpu` (has it not), `zone=eu-1,eu-2` (one of), `-disk=slow` (none of). A sentence when it cannot be read. */
export function readNeeds(text: string): Constraint[] | string {
  const needs: Constraint[] = []
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const match = /^(-?)([a-z0-9][a-z0-9._/-]*)(?:=(.+))?$/.exec(word)
    if (!match) return `"${word}" is not a label; write gpu, disk=ssd or -canary.`
    const [, minus, label = '', values] = match
    const list = values?.split(',') ?? []
    needs.push({ label, operator: values ? (minus ? 'not-in' : 'in') : minus ? 'missing' : 'exists', values: list })
  }
  return needs
}

function writeNeeds(constraints: readonly Constraint[]): string {
  return constraints
    .map(
      ({ label, operator, values }) =>
        `${operator === 'not-in' || operator === 'missing' ? '-' : ''}${label}${values.length > 0 ? `=${values.join(',')}` : ''}`,
    )
    .join(' ')
}

/** A task without a name is called after what it runs. */
export function defaultName(form: Pick<DispatchForm, 'driver' | 'command' | 'handler' | 'isShell'>): string {
  if (form.driver === 'handler') return form.handler
  if (form.isShell) return 'script'
  return (form.command.trim().split('/').at(-1) ?? '')
    .replace(/[^\w.-]/g, '')
    .replace(/^[^a-zA-Z0-9]+/, '')
    .slice(0, 63)
}

function fieldOf(path: readonly PropertyKey[]): keyof DispatchForm {
  const known: Readonly<Record<string, keyof DispatchForm>> = {
    'exec.command': 'command',
    'exec.args': 'args',
    'exec.env': 'env',
    'exec.workingFolder': 'workingFolder',
    'exec.user': 'user',
    'handler.name': 'handler',
    'handler.input': 'input',
    'resources.cpuMillis': 'cpu',
    'resources.memoryBytes': 'memory',
    'resources.gpu': 'gpu',
    'timeouts.runMs': 'timeLimit',
    'retry.attemptsMax': 'attempts',
    'retry.backoffBaseMs': 'backoff',
    'faults.fallbackValue': 'fallback',
    'faults.fallbackWork': 'fallbackRun',
    'faults.fallbackJob': 'fallbackJob',
    'faults.deadlineMs': 'deadline',
    faults: 'onFailure',
    constraints: 'needs',
    pool: 'pool',
    tolerations: 'tolerates',
    affinities: 'prefers',
    taskAffinities: 'near',
    spreadOver: 'spreadOver',
    ports: 'ports',
    preempts: 'preempts',
    'concurrency.running': 'maxRunning',
    'concurrency.perNode': 'maxPerNode',
    onNodes: 'onNode',
    strategy: 'chain',
    hashKey: 'hashKey',
    near: 'nearZone',
    priority: 'priority',
    driver: 'driver',
  }
  return known[path.slice(0, 2).join('.')] ?? known[String(path[0])] ?? 'name'
}

/** The form that would submit a task like this one again. */
export function formOf(spec: TaskSubmit): DispatchForm {
  const { exec, handler } = spec
  return {
    ...emptyDispatchForm,
    driver: spec.driver,
    name: spec.name,
    command: exec?.command ?? '',
    args:
      exec?.args.map((arg) => (/^[^\s"'\\]+$/.test(arg) ? arg : `"${arg.replace(/(["\\])/g, '\\$1')}"`)).join(' ') ??
      '',
    isShell: exec?.shell ?? false,
    env: Object.entries(exec?.env ?? {})
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
    workingFolder: exec?.workingFolder ?? '',
    user: exec?.user ?? '',
    handler: handler?.name ?? '',
    input: handler ? JSON.stringify(handler.input, null, 2) : 'null',
    cpu: String(spec.resources.cpuMillis / 1_000),
    memory: formatBytes(spec.resources.memoryBytes),
    needs: writeNeeds(spec.constraints),
    pool: spec.pool ?? '',
    ...wishFieldsOf(spec),
    maxRunning: String(spec.concurrency?.running ?? ''),
    maxPerNode: String(spec.concurrency?.perNode ?? ''),
    onNode: spec.onNodes[0] ?? '',
    gpu: spec.resources.gpu ? writeGpu(spec.resources.gpu) : '',
    strategy: spec.strategy?.includes('>') ? '' : (spec.strategy ?? ''),
    chain: spec.strategy?.includes('>') ? spec.strategy : '',
    hashKey: spec.hashKey ?? '',
    nearZone: spec.near?.zone ?? '',
    priority: String(spec.priority),
    policy: spec.policy,
    attempts: String(spec.retry.attemptsMax),
    backoff: writeDuration(spec.retry.backoffBaseMs),
    onFailure: spec.faults?.strategy ?? 'failover',
    fallback: spec.faults?.fallbackValue === undefined ? '' : JSON.stringify(spec.faults.fallbackValue),
    fallbackRun: spec.faults?.fallbackWork?.exec?.shell ? spec.faults.fallbackWork.exec.command : '',
    fallbackJob: spec.faults?.fallbackJob ? writeJobCall(spec.faults.fallbackJob) : '',
    deadline: spec.faults?.deadlineMs === undefined ? '' : writeDuration(spec.faults.deadlineMs),
    obeysBreaker: spec.faults?.breaker ?? true,
    timeLimit: spec.timeouts.runMs === null ? '' : writeDuration(spec.timeouts.runMs),
    onDrain: spec.onDrain,
    isDurable: spec.durable,
  }
}

/** The same as a `qd` command, with every choice in it that differs from the command's own defaults. */
export function dispatchCommand(submit: TaskSubmitInput): string[] {
  const { exec, handler, constraints = [], onNodes = [], resources, retry, timeouts } = submit
  const options = [
    '--name',
    submit.name,
    ...(onNodes.length > 0 ? ['--node', onNodes.join(',')] : []),
    ...constraints.flatMap((each) => ['--label', labelOption(each)]),
    ...(submit.pool ? ['--pool', submit.pool] : []),
    ...wishOptions(submit),
    ...(submit.concurrency?.running ? ['--max-running', String(submit.concurrency.running)] : []),
    ...(submit.concurrency?.perNode ? ['--max-per-node', String(submit.concurrency.perNode)] : []),
    ...(submit.strategy ? ['--strategy', [submit.strategy].flat().join(' > ')] : []),
    ...(submit.hashKey ? ['--hash-key', submit.hashKey] : []),
    ...(submit.near?.zone ? ['--near-zone', submit.near.zone] : []),
    ...(resources ? ['--cpu', `${resources.cpuMillis}m`, '--memory', String(resources.memoryBytes)] : []),
    ...(resources?.gpu ? ['--gpu', writeGpu(resources.gpu)] : []),
    ...(submit.priority === undefined ? [] : ['--priority', String(submit.priority)]),
    ...(submit.policy ? ['--policy', submit.policy] : []),
    ...(retry?.attemptsMax === undefined ? [] : ['--retry', String(retry.attemptsMax)]),
    ...(submit.faults?.strategy ? ['--on-failure', submit.faults.strategy] : []),
    ...(submit.faults?.fallbackValue === undefined ? [] : ['--fallback', JSON.stringify(submit.faults.fallbackValue)]),
    ...(submit.faults?.fallbackWork?.exec?.shell ? ['--fallback-run', submit.faults.fallbackWork.exec.command] : []),
    ...(submit.faults?.fallbackJob ? ['--fallback-job', writeJobCall(submit.faults.fallbackJob)] : []),
    ...(submit.faults?.deadlineMs === undefined ? [] : ['--deadline', writeDuration(submit.faults.deadlineMs)]),
    ...(submit.faults?.breaker === false ? ['--no-breaker'] : []),
    ...(timeouts?.runMs === undefined
      ? []
      : timeouts.runMs === null
        ? ['--no-timeout']
        : ['--timeout', writeDuration(timeouts.runMs)]),
    ...(submit.onDrain ? ['--on-drain', submit.onDrain] : []),
    ...(submit.durable ? ['--durable'] : []),
    ...(exec?.user ? ['--user', exec.user] : []),
    ...(exec?.workingFolder ? ['--cwd', exec.workingFolder] : []),
    ...Object.entries(exec?.env ?? {}).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  ]
  if (handler)
    return ['task', 'run', '--handler', handler.name, '--input', JSON.stringify(handler.input ?? null), ...options]
  return [
    'task',
    'run',
    ...options,
    ...(exec?.shell ? ['--shell'] : []),
    '--',
    exec?.command ?? '',
    ...(exec?.args ?? []),
  ]
}

/** A constraint as `qd --label` takes it: gpu, !gpu, disk=ssd, disk!=ssd|nvme. */
function labelOption({ label, operator, values = [] }: NonNullable<TaskSubmitInput['constraints']>[number]): string {
  if (operator === 'exists') return label
  if (operator === 'missing') return `!${label}`
  return `${label}${operator === 'in' ? '=' : '!='}${values.join('|')}`
}
