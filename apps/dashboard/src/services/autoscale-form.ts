import type { AutoscaleMetric, AutoscalePolicyInput } from '@quarterdeck/domain'

/** What the dialog's fields hold. An empty metric is none. */
export type AutoscaleForm = {
  readonly min: string
  readonly max: string
  readonly cpu: string
  readonly memory: string
  /** `resize=10`: one replica for ten waiting tasks of that name. */
  readonly queue: string
  readonly metric: string
  readonly downMinutes: string
}

type Read = { readonly policy: AutoscalePolicyInput } | { readonly problem: string }

const REPLICAS_MAX = 1_000
const whole = (text: string) => (/^\d+$/.test(text) ? Number(text) : Number.NaN)

export function formOf(policy: AutoscalePolicyInput | null): AutoscaleForm {
  const find = <Kind extends AutoscaleMetric['kind']>(kind: Kind) =>
    policy?.metrics.find((metric): metric is Extract<AutoscaleMetric, { kind: Kind }> => metric.kind === kind)
  const queue = find('queue')
  const metric = find('metric')
  return {
    min: String(policy?.min ?? 1),
    max: String(policy?.max ?? 4),
    cpu: policy ? String(find('cpu')?.targetPercent ?? '') : '70',
    memory: String(find('memory')?.targetPercent ?? ''),
    queue: queue?.job ? `${queue.job}=${queue.perReplica}` : '',
    metric: metric ? `${metric.name}=${metric.perReplica}` : '',
    downMinutes: String((policy?.down?.stabiliseMs ?? 300_000) / 60_000),
  }
}

/** The policy that the fields say, or the first thing that is wrong. What the dialog does not show stays as it was. */
export function readForm(form: AutoscaleForm, before: AutoscalePolicyInput | null): Read {
  const min = whole(form.min)
  const max = whole(form.max)
  const downMinutes = Number(form.downMinutes)
  if (!(max >= 1 && max <= REPLICAS_MAX)) return { problem: `Say the most replicas, from 1 to ${REPLICAS_MAX}.` }
  if (!(min >= 0 && min <= max)) return { problem: `Say the least replicas, from 0 to ${max}.` }
  if (!(downMinutes >= 0 && downMinutes <= 60)) return { problem: 'Wait from 0 to 60 minutes before fewer.' }
  const percents = [form.cpu, form.memory].filter((text) => text !== '').map(whole)
  if (percents.some((value) => !(value >= 1 && value <= 1_000))) return { problem: 'A target is from 1 to 1000 %.' }
  const queue = target(form.queue)
  const metric = target(form.metric)
  if (queue === null || metric === null)
    return { problem: 'Say queue and metric as name=number, resize=10 for example.' }
  const labelled = before?.metrics.filter((one) => one.kind === 'queue' && !one.job) ?? []
  const metrics = [
    ...(form.cpu === '' ? [] : [{ kind: 'cpu' as const, targetPercent: whole(form.cpu) }]),
    ...(form.memory === '' ? [] : [{ kind: 'memory' as const, targetPercent: whole(form.memory) }]),
    ...(queue ? [{ kind: 'queue' as const, job: queue.name, perReplica: queue.perReplica }] : []),
    ...(metric ? [{ kind: 'metric' as const, ...metric }] : []),
    ...labelled,
  ]
  if (metrics.length === 0) return { problem: 'Say what is measured.' }
  if (min === 0 && metrics.some(({ kind }) => kind === 'cpu' || kind === 'memory'))
    return { problem: 'With CPU or memory there is at least 1 replica to measure.' }
  return { policy: { ...before, min, max, metrics, down: { ...before?.down, stabiliseMs: downMinutes * 60_000 } } }
}

export function metricInWords(metric: AutoscaleMetric): string {
  if (metric.kind === 'cpu') return `CPU at ${metric.targetPercent} % of what is asked for`
  if (metric.kind === 'memory') return `memory at ${metric.targetPercent} % of what is asked for`
  if (metric.kind === 'metric') return `${metric.perReplica} of ${metric.name} for each`
  const labels = Object.entries(metric.labels ?? {}).map(([key, value]) => `${key}=${value}`)
  return `${metric.perReplica} waiting tasks of ${[metric.job, ...labels].filter(Boolean).join(', ')} for each`
}

/** Undefined: nothing was said. Null: it cannot be read. */
function target(text: string): { readonly name: string; readonly perReplica: number } | null | undefined {
  if (text === '') return undefined
  const [name = '', number = ''] = text.split('=')
  return name !== '' && Number(number) > 0 ? { name, perReplica: Number(number) } : null
}
