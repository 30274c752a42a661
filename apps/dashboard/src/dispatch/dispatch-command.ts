import { type TaskSubmitInput, writeGpu, writeJobCall } from '@quarterdeck/domain'
import { writeDuration } from '../format/duration.ts'
import { wishOptions } from './wishes.ts'

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
