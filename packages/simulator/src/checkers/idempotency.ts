import { withoutLostCommits } from '../history/lineage.ts'
import type { Checker } from './checker.ts'

export const idempotency: Checker = {
  name: 'I12',
  claim: 'One idempotency key makes at most one task',

  check(history) {
    const byKey = new Map<string, Set<string>>()
    for (const event of withoutLostCommits(history)) {
      if (event.kind !== 'commit') continue
      for (const { kind, id, value } of event.changes) {
        if (kind !== 'task-spec' || !value?.idempotencyKey) continue
        const key = `${value.submittedBy} ${value.idempotencyKey}`
        byKey.set(key, (byKey.get(key) ?? new Set()).add(id))
      }
    }
    return [...byKey]
      .filter(([, taskIds]) => taskIds.size > 1)
      .map(([key, taskIds]) => `idempotency key "${key}" made ${[...taskIds].join(' and ')}`)
  },
}
