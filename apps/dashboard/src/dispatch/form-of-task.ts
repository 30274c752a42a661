import { type Constraint, type TaskSubmit, writeGpu, writeJobCall } from '@quarterdeck/domain'
import { formatBytes } from '../format/amount.ts'
import { writeDuration } from '../format/duration.ts'
import { type DispatchForm, emptyDispatchForm } from './dispatch-form.ts'
import { wishFieldsOf } from './wishes.ts'

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

function writeNeeds(constraints: readonly Constraint[]): string {
  return constraints
    .map(
      ({ label, operator, values }) =>
        `${operator === 'not-in' || operator === 'missing' ? '-' : ''}${label}${values.length > 0 ? `=${values.join(',')}` : ''}`,
    )
    .join(' ')
}
