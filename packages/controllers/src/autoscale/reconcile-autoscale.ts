import {
  type AutoscaleDecision,
  type AutoscalePolicy,
  type AutoscaleReading,
  type Autoscaler,
  formatDuration,
  limits,
  type ServiceId,
  type UnixMs,
} from '@quarterdeck/domain'
import { type Measure, readMetric } from './read-metric.ts'

export type AutoscaleInput = {
  readonly serviceId: ServiceId
  readonly policy: AutoscalePolicy
  /** Replicas that the service shall have now. */
  readonly replicas: number
  /** What earlier looks left; undefined before the first. */
  readonly memory: Autoscaler | undefined
  /** One for each metric of the policy, in its order. */
  readonly measures: readonly Measure[]
  readonly nowMs: UnixMs
}

/** `replicas` to have from now on, and what to remember. */
export type AutoscaleStep = { readonly replicas: number; readonly memory: Autoscaler }

/**
 * How many replicas an autoscaled service shall have; null while it is not time to look. A second call with what the first one left
 * says null: a look is taken once per interval, whoever leads.
 *
 * The most that any metric wants counts, and where one cannot say nothing shrinks. Then the stabilisation windows smooth it, the rate
 * limits bound the step, and `min` and `max` have the last word. The order and the defaults are those of Kubernetes' Horizontal Pod
 * Autoscaler (https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior).
 */
export function reconcileAutoscale(input: AutoscaleInput): AutoscaleStep | null {
  const { policy, replicas, nowMs } = input
  const memory = input.memory ?? newAutoscaler(input.serviceId)
  if (nowMs - memory.lookedAtMs < policy.everyMs) return null

  const readings = policy.metrics.flatMap((metric, index) => {
    const measure = input.measures[index]
    return measure ? [readMetric(metric, measure, replicas, policy.tolerancePercent / 100)] : []
  })
  const wanted = mostWanted(readings, replicas)
  const wants = [...memory.wants, { atMs: nowMs, replicas: wanted.replicas }].filter(
    ({ atMs }) => nowMs - atMs <= Math.max(policy.up.stabiliseMs, policy.down.stabiliseMs),
  )
  const verdict = judge(input, { wanted, wants, steps: memory.steps })
  const steps = [
    ...memory.steps,
    ...(verdict.to === replicas ? [] : [{ atMs: nowMs, from: replicas, to: verdict.to }]),
  ].filter(({ atMs }) => nowMs - atMs <= Math.max(policy.up.periodMs, policy.down.periodMs))
  const decision: AutoscaleDecision = {
    sinceMs: nowMs,
    atMs: nowMs,
    act: verdict.to > replicas ? 'up' : verdict.to < replicas ? 'down' : 'keep',
    from: replicas,
    to: verdict.to,
    rule: verdict.rule,
    because: verdict.because.slice(0, limits.reasonLengthMax),
    readings,
  }
  return {
    replicas: verdict.to,
    memory: { ...memory, lookedAtMs: nowMs, wants, steps, decisions: withDecision(memory.decisions, decision) },
  }
}

export function newAutoscaler(id: ServiceId): Autoscaler {
  return { v: 1, id, lookedAtMs: 0 as UnixMs, wants: [], steps: [], decisions: [], told: [] }
}

type Verdict = { readonly to: number; readonly rule: AutoscaleDecision['rule']; readonly because: string }
type Wanted = { readonly replicas: number; readonly isUnknown: boolean; readonly because: string }

function mostWanted(readings: readonly AutoscaleReading[], replicas: number): Wanted {
  const silent = readings.filter(({ wants }) => wants === null)
  const most = readings.reduce<AutoscaleReading | null>(
    (best, one) => (one.wants !== null && (best?.wants ?? -1) < one.wants ? one : best),
    null,
  )
  const silence = silent.map(({ because }) => because).join('; ')
  if (most === null || most.wants === null) return { replicas, isUnknown: true, because: silence }
  if (silent.length > 0 && most.wants < replicas) return { replicas, isUnknown: true, because: silence }
  return { replicas: most.wants, isUnknown: false, because: most.because }
}

function judge(
  { policy, replicas, nowMs }: AutoscaleInput,
  found: { readonly wanted: Wanted; readonly wants: Autoscaler['wants']; readonly steps: Autoscaler['steps'] },
): Verdict {
  const { min, max, up, down } = policy
  const { wanted, wants, steps } = found
  if (replicas < min || replicas > max) {
    const to = clamp(replicas, min, max)
    return { to, rule: 'bounds', because: `${inWords(replicas)} is outside ${min} to ${max}` }
  }
  if (wanted.isUnknown)
    return { to: replicas, rule: 'unknown', because: `It stays at ${inWords(replicas)}. ${wanted.because}` }
  if (wanted.replicas === replicas)
    return { to: replicas, rule: 'tolerance', because: `It stays at ${inWords(replicas)}. ${wanted.because}` }

  const within = (ms: number) => wants.filter(({ atMs }) => nowMs - atMs <= ms).map((each) => each.replicas)
  const isUp = wanted.replicas > replicas
  const stable = isUp
    ? Math.max(replicas, Math.min(...within(up.stabiliseMs), wanted.replicas))
    : Math.min(replicas, Math.max(...within(down.stabiliseMs), wanted.replicas))
  if (stable === replicas) {
    const ms = isUp ? up.stabiliseMs : down.stabiliseMs
    const than = isUp ? 'as few' : 'as many'
    const because = `It stays at ${inWords(replicas)}: within the last ${formatDuration(ms)} it needed ${than}. ${wanted.because}`
    return { to: replicas, rule: 'stabilise', because }
  }

  const bounded = clamp(stable, min, max)
  const to = isUp
    ? Math.min(bounded, Math.max(replicas, mostAllowed(policy, replicas, steps, nowMs)))
    : Math.max(bounded, Math.min(replicas, leastAllowed(policy, replicas, steps, nowMs)))
  const asked = `${wanted.because}, which asks for ${wanted.replicas}`
  const head = to === replicas ? `It stays at ${inWords(replicas)}` : `From ${replicas} to ${inWords(to)}`
  if (to !== bounded) return { to, rule: 'rate', because: `${head}, as far as the rate limit goes. ${asked}` }
  if (to !== stable)
    return { to, rule: 'bounds', because: `${head}, which is ${isUp ? 'the most' : 'the least'} it may have. ${asked}` }
  const later = to === wanted.replicas ? '' : ` (${to} was needed within the last ${formatDuration(down.stabiliseMs)})`
  return { to, rule: to === wanted.replicas ? 'target' : 'stabilise', because: `${head}${later}. ${asked}` }
}

/** What it had when the period began, and the greater of the two limits more. */
function mostAllowed({ up }: AutoscalePolicy, replicas: number, steps: Autoscaler['steps'], nowMs: number): number {
  const start = replicas - netOf(steps, nowMs - up.periodMs)
  return Math.max(start + up.replicasMax, Math.ceil(start * (1 + up.percentMax / 100)))
}

function leastAllowed({ down }: AutoscalePolicy, replicas: number, steps: Autoscaler['steps'], nowMs: number): number {
  const start = replicas - netOf(steps, nowMs - down.periodMs)
  return Math.min(start - down.replicasMax, Math.floor(start * (1 - down.percentMax / 100)))
}

/** Replicas gained since then; less than zero: lost. */
function netOf(steps: Autoscaler['steps'], sinceMs: number): number {
  return steps.filter(({ atMs }) => atMs > sinceMs).reduce((net, { from, to }) => net + to - from, 0)
}

/** A look that keeps the number by the same rule only makes the last decision longer. */
function withDecision(decisions: Autoscaler['decisions'], now: AutoscaleDecision): AutoscaleDecision[] {
  const [last, ...older] = decisions
  const isSame = last?.act === 'keep' && now.act === 'keep' && last.to === now.to && last.rule === now.rule
  const next = isSame ? [{ ...now, sinceMs: last.sinceMs }, ...older] : [now, ...decisions]
  return next.slice(0, limits.autoscaleDecisionsKept)
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value))
}

function inWords(replicas: number): string {
  return replicas === 1 ? '1 replica' : `${replicas} replicas`
}
