import { withoutLostCommits } from '../history/lineage.ts'
import type { Checker } from './checker.ts'

/**
 * After its own trouble ended, an agent may still need its longest reconnect pause (15 s) and the down delay (6 s) to be seen again;
 * a node that is declared down later than that was healthy, and only the control plane was not.
 */
const RECOVERY_MS = 30_000

export const noDownByOwnOutage: Checker = {
  name: 'I11',
  claim: "No healthy node is declared down by the control plane's own outage",

  check(history) {
    const impaired = new Map<string, { readonly isImpaired: boolean; readonly sinceMs: number }>()
    const down = new Set<string>()
    const violations: string[] = []
    for (const event of withoutLostCommits(history)) {
      if (event.kind === 'impaired') impaired.set(event.nodeId, { isImpaired: event.isImpaired, sinceMs: event.atMs })
      if (event.kind !== 'commit') continue
      for (const { kind, id, value } of event.changes) {
        if (kind !== 'node') continue
        const wasDown = down.has(id)
        if (value?.health === 'down') down.add(id)
        else down.delete(id)
        if (wasDown || value?.health !== 'down') continue
        const last = impaired.get(id)
        if (last && (last.isImpaired || event.atMs - last.sinceMs < RECOVERY_MS)) continue
        violations.push(
          `revision ${event.revision} declares ${id} down: ${value.evidence[0]?.because ?? 'no evidence'}`,
        )
      }
    }
    return violations
  },
}
