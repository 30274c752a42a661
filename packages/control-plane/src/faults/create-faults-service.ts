import { breakerId, clusterError, defaultSettings, fail, ok } from '@quarterdeck/domain'
import { actorOf, metaOf } from '../actor.ts'
import { put, replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { FaultsService } from '../contract.ts'
import type { Core } from '../core.ts'
import { asOf } from '../nodes/read-nodes.ts'
import type { CordonSuggestions } from './watch-cordon-suggestions.ts'

export function createFaultsService(core: Core, cordonSuggestions: CordonSuggestions): FaultsService {
  return {
    cordonSuggestions: () => asOf(core, cordonSuggestions()),

    breakers() {
      const all = [...core.cache.all('breaker').values()].map(({ value }) => value)
      return asOf(
        core,
        all.sort((left, right) => right.sinceMs - left.sinceMs),
      )
    },

    async closeBreaker({ job, nodeId, reason }, caller) {
      const done = await commitDraft(core, () => {
        const stored = core.cache.get('breaker', breakerId(job, nodeId))
        if (!stored)
          return fail(
            clusterError('breaker_not_found', `No breaker of job "${job}" is known on ${nodeId}.`, {
              remedy: 'See qd breaker ls.',
            }),
          )
        if (stored.value.state === 'closed')
          return fail(clusterError('wrong_state', `The breaker of ${job} on ${nodeId} is closed.`))
        const by = actorOf(caller)
        const next = {
          ...stored.value,
          state: 'closed' as const,
          sinceMs: core.platform.clock.unixMs(),
          because: `closed by ${by}: ${reason}`.slice(0, 500),
        }
        const target = `breaker:${stored.id}`
        const meta = metaOf(core, caller, { action: 'faults.closeBreaker', target, reason }, [
          {
            type: 'breaker.closed',
            subject: { kind: 'node', id: nodeId },
            severity: 'notice',
            text: `${job} may run on ${nodeId} again: ${next.because}`,
          },
        ])
        return ok({ value: null, changes: [replace(stored, next)], meta })
      })
      return done.ok ? ok(null) : done
    },

    failback() {
      let waiting = 0
      for (const id of core.tasks.inState('delayed')) if (core.cache.get('task', id)?.value.background) waiting++
      return asOf(core, { paused: core.cache.get('settings', 'cluster')?.value.failbackPaused ?? false, waiting })
    },

    async setFailbackPaused({ paused, reason }, caller) {
      const done = await commitDraft(core, () => {
        const stored = core.cache.get('settings', 'cluster')
        const next = { ...(stored?.value ?? defaultSettings), failbackPaused: paused }
        const text = `background retries ${paused ? 'wait' : 'go on'}${reason ? `: ${reason}` : ''}`
        const meta = metaOf(
          core,
          caller,
          { action: 'faults.setFailbackPaused', target: 'settings:cluster', detail: text },
          [{ type: 'settings.changed', subject: { kind: 'settings', id: 'cluster' }, severity: 'notice', text }],
        )
        return ok({ value: null, changes: [put('settings', next, stored?.revision ?? 0)], meta })
      })
      return done.ok ? ok(null) : done
    },
  }
}
