import { defaultSettings, ok } from '@quarterdeck/domain'
import { metaOf } from '../actor.ts'
import { put } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { ControlService } from '../contract.ts'
import type { Core } from '../core.ts'
import { createTransfer } from './move-leadership.ts'

/** The control plane itself: what it is made of, who leads it, and the operator's hand on the mass brake. */
export function createControlService(core: Core, view: ControlService['view']): ControlService {
  return {
    view,
    transfer: createTransfer(core),

    async releaseBrake({ forMs, reason }, caller) {
      const done = await commitDraft(core, () => {
        const stored = core.cache.get('settings', 'cluster')
        const brakeReleasedUntilMs = core.platform.clock.unixMs() + forMs
        const minutes = Math.round(forMs / 60_000)
        const text = `${caller.me.id} released the mass brake for ${minutes} min: silent nodes are declared down${reason ? ` (${reason})` : ''}`
        return ok({
          value: null,
          changes: [
            put('settings', { ...(stored?.value ?? defaultSettings), brakeReleasedUntilMs }, stored?.revision ?? 0),
          ],
          meta: metaOf(
            core,
            caller,
            { action: 'control.releaseBrake', target: 'settings:cluster', reason, detail: `for ${forMs} ms` },
            [{ type: 'brake.override', subject: { kind: 'cluster', id: 'cluster' }, severity: 'warning', text }],
          ),
        })
      })
      return done.ok ? ok(null) : done
    },
  }
}
