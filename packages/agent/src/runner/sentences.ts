import type { Exit } from '@quarterdeck/domain'
import type { DriverExit, DriverHandle } from '../driver.ts'

const errorLengthMax = 1_000

/** The end of an attempt of which nothing was seen to run. */
export function neverRan(because: string): DriverExit {
  return {
    exit: { code: null, signal: null, error: because, outOfMemory: false },
    usage: { cpuMs: null, memoryBytesMax: null },
  }
}

/** The end of an attempt that nobody watched to its end. */
export function lostSightOf(handle: DriverHandle | null): DriverExit {
  return neverRan(
    handle
      ? 'The keeper of this node was gone while this ran. Nothing of it runs any more; how it ended is unknown.'
      : 'The keeper of this node stopped while this was about to start. Nothing of it runs; whether it had begun is unknown.',
  )
}

export function timeoutSentence(timeout: NonNullable<Exit['timedOut']>, ms: number): string {
  switch (timeout) {
    case 'start':
      return `It did not start within ${ms} ms.`
    case 'run':
      return `It ran longer than its ${ms} ms.`
    case 'progress':
      return `It showed no progress for ${ms} ms.`
    default:
      return timeout satisfies never
  }
}

/** What a task throws may be of any length; a report is not. */
export function shortened(text: string | null): string | null {
  return text && text.length > errorLengthMax ? `${text.slice(0, errorLengthMax)}…` : text
}
