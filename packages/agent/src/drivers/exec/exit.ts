import type { DriverExit } from '../../driver.ts'
import type { GroupUsage } from './process-groups.ts'

/** What the end of a program's first process means, in the words of a report. Pure. */
export function describeExit({
  code,
  signal,
  usage: { killedForMemory, ...usage },
}: {
  readonly code: number | null
  readonly signal: string | null
  readonly usage: GroupUsage
}): DriverExit {
  // A process of the task may be killed for memory and the task still end well: then it has dealt with it.
  const outOfMemory = killedForMemory && code !== 0
  const error = outOfMemory ? 'The kernel killed it: it used more memory than its limit.' : null
  return { exit: { code, signal, error, outOfMemory }, usage }
}
