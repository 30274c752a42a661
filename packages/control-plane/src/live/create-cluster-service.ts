import { clusterError, defaultSettings, fail, ok, type Survivability } from '@quarterdeck/domain'
import { findStrategy, strategies } from '@quarterdeck/scheduler'
import { metaOf } from '../actor.ts'
import { put } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { ClusterService, ControlService, EventsService } from '../contract.ts'
import type { Core } from '../core.ts'
import type { CordonSuggestions } from '../faults/watch-cordon-suggestions.ts'
import { rebalanceAdvice, startRebalance } from '../rebalance/rebalance-plans.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import type { Slots } from './slots.ts'
import { createLiveStream } from './stream.ts'
import { clusterSummary } from './summary.ts'

type Deps = {
  readonly slots: Slots
  readonly events: EventsService
  readonly control: Pick<ControlService, 'view'>
  /** The mass brake's sentence while it holds. */
  readonly brake: () => string | null
  readonly survivability: () => Survivability | null
  readonly cordonSuggestions: CordonSuggestions
  readonly view: ClusterView
}

export function createClusterService(core: Core, deps: Deps): ClusterService {
  const settings = () => core.cache.get('settings', 'cluster')?.value ?? defaultSettings
  return {
    settings,
    summary: () => clusterSummary(core, { brake: deps.brake(), cordonSuggestions: deps.cordonSuggestions() }),
    survivability: deps.survivability,
    rebalanceAdvice: () => rebalanceAdvice(core, deps.view),
    rebalance: (input, caller) => startRebalance(core, deps.view, input, caller),
    strategies: () => strategies.map(({ name, summary }) => ({ name, summary })),
    stream: createLiveStream(core, deps),

    async updateSettings(input, caller) {
      const { strategy } = input
      if (strategy !== undefined && !findStrategy(strategy)) {
        const accepted = strategies.map(({ name }) => name).join(', ')
        return fail(
          clusterError('bad_input', `strategy "${strategy}" is not known; accepted: ${accepted}.`, {
            field: 'strategy',
          }),
        )
      }
      const done = await commitDraft(core, () => {
        const stored = core.cache.get('settings', 'cluster')
        const next = {
          ...settings(),
          ...(strategy === undefined ? {} : { strategy }),
          ...(input.clusterName === undefined ? {} : { clusterName: input.clusterName }),
          ...(input.rebalance === undefined ? {} : { rebalance: input.rebalance }),
        }
        const detail = Object.entries(input)
          .map(([name, value]) => `${name} = ${typeof value === 'string' ? value : JSON.stringify(value)}`)
          .join(', ')
        return ok({
          value: null,
          changes: [put('settings', next, stored?.revision ?? 0)],
          meta: metaOf(core, caller, { action: 'cluster.updateSettings', target: 'settings:cluster', detail }, [
            {
              type: 'settings.changed',
              subject: { kind: 'settings', id: 'cluster' },
              severity: 'notice',
              text: `settings changed: ${detail}`,
            },
          ]),
        })
      })
      return done.ok ? ok(null) : done
    },
  }
}
