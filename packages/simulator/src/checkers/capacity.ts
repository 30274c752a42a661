import type { Resources } from '@quarterdeck/domain'
import type { AttemptStartedEvent } from '../history/history-event.ts'
import type { Checker } from './checker.ts'

/** I10. Looks at what really runs on the machine, the attempts included that the cluster has given up. */
export const capacity: Checker = {
  name: 'I10',
  claim: 'What runs on a node never exceeds its capacity',

  check(history) {
    const running = new Map<string, Map<string, Resources>>()
    const violations: string[] = []
    for (const event of history) {
      if (event.kind === 'attempt-gone') running.get(event.nodeId)?.delete(`${event.taskId}/${event.attempt}`)
      if (event.kind !== 'attempt-started') continue
      const here = running.get(event.nodeId) ?? new Map<string, Resources>()
      running.set(event.nodeId, here.set(`${event.taskId}/${event.attempt}`, event.resources))
      const exceeded = exceeds([...here.values()], event.capacity)
      if (exceeded) violations.push(`${event.nodeId} runs ${exceeded} after ${event.taskId}/${event.attempt} started`)
    }
    return violations
  },
}

function exceeds(running: readonly Resources[], most: AttemptStartedEvent['capacity']): string | null {
  const cpuMillis = running.reduce((sum, resources) => sum + resources.cpuMillis, 0)
  const memoryBytes = running.reduce((sum, resources) => sum + resources.memoryBytes, 0)
  if (cpuMillis > most.cpuMillis) return `${cpuMillis} of ${most.cpuMillis} cpuMillis`
  if (memoryBytes > most.memoryBytes) return `${memoryBytes} of ${most.memoryBytes} bytes of memory`
  if (running.length > most.taskSlots) return `${running.length} tasks in ${most.taskSlots} slots`
  return null
}
