import { isTerminal, type TaskState } from '@quarterdeck/domain'
import { withoutLostCommits } from '../history/lineage.ts'
import type { Checker } from './checker.ts'

export const terminalIsForEver: Checker = {
  name: 'I5',
  claim: 'A terminal state never changes',

  check(history) {
    const states = new Map<string, TaskState>()
    const violations: string[] = []
    for (const event of withoutLostCommits(history)) {
      if (event.kind !== 'commit') continue
      for (const { kind, id, value } of event.changes) {
        if (kind !== 'task' || !value) continue
        const before = states.get(id)
        if (before && isTerminal(before) && value.state !== before) {
          violations.push(`revision ${event.revision} changed task ${id} from ${before} to ${value.state}`)
        }
        states.set(id, value.state)
      }
    }
    return violations
  },
}
