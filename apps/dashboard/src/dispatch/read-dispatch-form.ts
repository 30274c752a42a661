import {
  type Constraint,
  type NodeId,
  parseGpu,
  readJobCall,
  type TaskSubmitInput,
  taskSubmitSchema,
} from '@quarterdeck/domain'
import { parseBytes } from '../format/amount.ts'
import { DURATION_HINT, parseDuration } from '../format/duration.ts'
import type { DispatchForm, FieldProblems } from './dispatch-form.ts'
import { readWishes } from './wishes.ts'

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
