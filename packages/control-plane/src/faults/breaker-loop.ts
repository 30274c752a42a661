import { ageBreaker, probeBreaker, trip, tripReason } from '@quarterdeck/controllers'
import { type Breaker, breakerId, type ClusterEvent, limits } from '@quarterdeck/domain'
import { erase, put } from '../change.ts'
import type { Core } from '../core.ts'
import { repeating } from '../work-loops/repeating.ts'
import { storeStep } from '../work-loops/store-step.ts'
import type { Ended, ResultWatch } from './watch-results.ts'

/** Breakers also change by time alone. */
const LOOK_MS = 500

/**
 * Opens, tries and closes breakers while this controller leads. What it goes by, every controller hears; what it decides is stored, so
 * that the next leader goes on with the same breakers.
 */
export function createBreakerLoop(core: Core, watch: ResultWatch): { start(): void; stop(): void } {
  const inFlight = new Set<string>()
  /** Outcomes on nodes with a half-open breaker that it has not seen yet. */
  const unjudged = new Map<string, boolean[]>()
  const failsilent = new Set<string>()
  const looking = repeating(core.platform, LOOK_MS, look)

  watch.onEnded((ended) => {
    const id = breakerId(ended.job, ended.nodeId)
    if (ended.isFailsilent) failsilent.add(ended.job)
    else failsilent.delete(ended.job)
    if (core.cache.get('breaker', id)?.value.state === 'half-open')
      unjudged.set(id, [...(unjudged.get(id) ?? []), ended.ok])
    if (looking.isRunning() && (!ended.ok || unjudged.has(id))) judge(ended)
  })

  function judge({ job, nodeId }: Pick<Ended, 'job' | 'nodeId'>): void {
    if (!core.leadership.fence() || !core.cache.complete) return
    const id = breakerId(job, nodeId)
    if (inFlight.has(id)) return
    const nowMs = core.platform.clock.unixMs()
    const known = core.cache.get('breaker', id)?.value
    if (known?.state === 'half-open') {
      const next = (unjudged.get(id) ?? []).reduce((breaker, ok) => probeBreaker(breaker, ok, nowMs), known)
      unjudged.delete(id)
      if (next !== known) void store(id, next)
      return
    }
    if (known?.state === 'open') return
    const results = watch.results.of(job, nodeId, nowMs)
    const because = results && tripReason(results, failsilent.has(job))
    if (!because) return
    if (!known && core.cache.all('breaker').size >= limits.breakersMax) {
      core.platform.log.warn('a breaker was not opened: there are as many as may be', { job, nodeId })
      return
    }
    void store(id, trip(known, { job, nodeId }, because, nowMs))
  }

  function look(): void {
    if (!core.leadership.fence() || !core.cache.complete) return
    const nowMs = core.platform.clock.unixMs()
    for (const { id, value } of core.cache.all('breaker').values()) {
      if (inFlight.has(id)) continue
      const aged = ageBreaker(value, nowMs)
      if (aged !== value) void store(id, aged)
      else if (unjudged.has(id)) judge(value)
    }
    for (const place of watch.results.failing(nowMs)) judge(place)
  }

  /** Never rejects: what was not stored is decided again at the next look. */
  async function store(id: string, next: Breaker | null): Promise<void> {
    const stored = core.cache.get('breaker', id)
    if (!next && !stored) return
    inFlight.add(id)
    const revision = stored?.revision ?? 0
    const changes = [next ? put('breaker', next, revision) : erase('breaker', id, revision)]
    const isStored = await storeStep(core, { changes, events: next ? breakerEvents(next) : [], what: 'a breaker', id })
    // What was answered for does not count twice, and a closed one starts anew.
    if (isStored && next && next.state !== 'half-open') watch.results.forgive(next.job, next.nodeId)
    inFlight.delete(id)
  }

  return {
    start: looking.start,
    stop: looking.stop,
  }
}

function breakerEvents(breaker: Breaker): ClusterEvent[] {
  const { state, job, nodeId, because, sinceMs, untilMs, trips, probes } = breaker
  const subject = { kind: 'node', id: nodeId } as const
  if (state === 'open') {
    const seconds = Math.round((untilMs - sinceMs) / 1_000)
    const text = `${job} gets no work on ${nodeId} for ${seconds} s (trip ${trips}): ${because}`
    return [{ type: 'breaker.opened', subject, severity: 'warning', text }]
  }
  if (state === 'closed')
    return [{ type: 'breaker.closed', subject, severity: 'info', text: `${job} works on ${nodeId} again: ${because}` }]
  if (probes > 0) return []
  return [{ type: 'breaker.half-open', subject, severity: 'info', text: `${job} is tried again on ${nodeId}` }]
}
