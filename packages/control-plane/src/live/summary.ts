import {
  type AsOf,
  type ClusterSummary,
  type CordonSuggestion,
  type NodeHealth,
  primaryStatus,
  primaryStatuses,
} from '@quarterdeck/domain'
import type { Core } from '../core.ts'
import { isVouched } from './rows.ts'

type Attention = ClusterSummary['attention'][number]
const ATTENTION_MAX = 50
/** A failed task is pointed at for this long after its end. */
const FAILED_SHOWN_MS = 15 * 60_000

/** What is known beside the objects of the cluster. */
type Seen = { readonly brake: string | null; readonly cordonSuggestions: readonly CordonSuggestion[] }

/** Is anything wrong, is anything changing: the answer of the overview and of `qd status`. */
export function clusterSummary(core: Core, seen: Seen): AsOf<ClusterSummary> {
  const asOf = core.cache.asOf()
  const vouched = isVouched(core)
  const nodes = Object.fromEntries(primaryStatuses.map((status) => [status, 0])) as Record<
    (typeof primaryStatuses)[number],
    number
  >
  for (const { value } of core.cache.all('node').values()) nodes[primaryStatus(value, { vouched })] += 1
  const leader = core.leadership.leader()
  return {
    revision: asOf.revision,
    serverMs: core.platform.clock.unixMs(),
    behindMs: asOf.behindMs,
    value: {
      clusterName: core.cache.get('settings', 'cluster')?.value.clusterName ?? 'quarterdeck',
      version: core.version,
      nodes,
      tasks: core.tasks.counts(),
      leader: leader ? { controllerId: leader.controllerId, epoch: leader.epoch } : null,
      controllersLive: [...core.cache.all('controller').values()].filter(({ value }) => value.state === 'live').length,
      oldestQueuedMs: oldestQueuedMs(core),
      brake: seen.brake,
      attention: attention(core, seen),
    },
  }
}

function oldestQueuedMs(core: Core): number | null {
  const nowMs = core.platform.clock.unixMs()
  let oldest: number | null = null
  for (const id of core.tasks.inState('queued')) {
    const sinceMs = core.cache.get('task', id)?.value.sinceMs
    if (sinceMs !== undefined) oldest = Math.max(oldest ?? 0, nowMs - sinceMs)
  }
  return oldest
}

function attention(core: Core, { brake, cordonSuggestions }: Seen): Attention[] {
  const found: Attention[] = []
  const nowMs = core.platform.clock.unixMs()
  const leaderlessSinceMs = core.leadership.leaderlessSinceMs()
  if (leaderlessSinceMs !== null) {
    found.push({
      severity: 'error',
      text: 'The control plane has no leader',
      link: '/control',
      sinceMs: leaderlessSinceMs,
    })
  }
  if (brake) found.push({ severity: 'error', text: brake, link: '/nodes?q=status:suspect', sinceMs: nowMs })
  for (const { value } of core.cache.all('controller').values()) {
    if (value.state === 'down')
      found.push({
        severity: 'warning',
        text: `Controller ${value.id} is down`,
        link: '/control',
        sinceMs: value.sinceMs,
      })
  }
  const bad: Partial<Record<NodeHealth, Attention['severity']>> = {
    down: 'error',
    suspect: 'warning',
    unknown: 'warning',
  }
  for (const { value } of core.cache.all('node').values()) {
    const severity = bad[value.health]
    if (severity)
      found.push({
        severity,
        text: `Node ${value.id} is ${value.health}`,
        link: `/node?id=${value.id}`,
        sinceMs: value.healthSinceMs,
      })
    if (value.quarantined)
      found.push({
        severity: 'error',
        text: `Node ${value.id} is quarantined: ${value.quarantined}`,
        link: `/node?id=${value.id}`,
        sinceMs: value.healthSinceMs,
      })
  }
  for (const { nodeId, sentence, sinceMs } of cordonSuggestions)
    found.push({ severity: 'warning', text: `${sentence}: cordon it?`, link: `/node?id=${nodeId}`, sinceMs })
  for (const { value } of core.cache.all('service').values()) {
    const link = `/service?id=${value.id}`
    if (value.condition.state === 'degraded')
      found.push({ severity: 'error', text: `Service ${value.id} is degraded`, link, sinceMs: value.condition.sinceMs })
    if (value.rollout?.state === 'paused')
      found.push({
        severity: 'warning',
        text: `The update of ${value.id} is paused`,
        link,
        sinceMs: value.rollout.sinceMs,
      })
  }
  for (const state of ['dead', 'unknown'] as const) {
    for (const id of core.tasks.inState(state)) {
      const task = core.cache.get('task', id)?.value
      if (!task || (state === 'dead' && nowMs - task.sinceMs > FAILED_SHOWN_MS)) continue
      const text =
        state === 'dead'
          ? `Task ${task.name} failed for good after ${task.failures} attempts`
          : `Nobody can say how task ${task.name} is`
      found.push({ severity: 'warning', text, link: `/task?id=${id}`, sinceMs: task.sinceMs })
      if (found.length > ATTENTION_MAX * 4) break
    }
  }
  const rank = (one: Attention) => (one.severity === 'error' ? 0 : 1)
  return found.sort((a, b) => rank(a) - rank(b) || a.sinceMs - b.sinceMs).slice(0, ATTENTION_MAX)
}
