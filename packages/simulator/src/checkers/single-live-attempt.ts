import type { Checker } from './checker.ts'

/** I3. For at-most-once the bound is stricter: a second start is wrong even when the first has ended. */
export const singleLiveAttempt: Checker = {
  name: 'I3',
  claim: 'An at-most-once task starts at most once; no two attempts of an exclusive task are alive together',

  check(history) {
    const starts = new Map<string, string>()
    const alive = new Map<string, Set<string>>()
    const violations: string[] = []
    for (const event of history) {
      if (event.kind === 'attempt-gone') alive.get(event.taskId)?.delete(place(event))
      if (event.kind !== 'attempt-started' || event.policy === 'at-least-once') continue

      const others = alive.get(event.taskId) ?? new Set()
      const earlier = starts.get(event.taskId)
      if (event.policy === 'at-most-once' && earlier !== undefined) {
        violations.push(`at-most-once task ${event.taskId} started again: ${earlier}, then ${place(event)}`)
      } else if (event.policy === 'exclusive' && others.size > 0) {
        violations.push(
          `exclusive task ${event.taskId} started as ${place(event)} while ${[...others].join(', ')} was alive`,
        )
      }
      starts.set(event.taskId, place(event))
      alive.set(event.taskId, others.add(place(event)))
    }
    return violations
  },
}

function place({ attempt, nodeId }: { readonly attempt: number; readonly nodeId: string }): string {
  return `attempt ${attempt} on ${nodeId}`
}
