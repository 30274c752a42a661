import type { CronAfter } from '@quarterdeck/controllers'
import { clusterError, fail, type Outcome, ok, type ScheduleTiming, type UnixMs } from '@quarterdeck/domain'
import { Cron } from 'croner'

/** Parsed expressions; beyond it the oldest are forgotten and parsed again. */
const PARSED_MAX = 1_000
const parsed = new Map<string, Cron>()

/**
 * The first moment after another that a cron expression names in its time zone. A local time that a clock change leaves out runs right
 * after the gap; one that comes twice runs once, unless the expression names every hour.
 */
export const cronAfter: CronAfter = ({ expression, timeZone }, afterMs) => {
  // biome-ignore lint/style/noRestrictedGlobals: turns a given moment into the library's type, and asks no clock
  const next = patternOf(expression, timeZone).nextRun(new Date(afterMs))
  return next ? (next.getTime() as UnixMs) : null
}

/** Refuses what names no moment: an expression that cannot be read, a zone that nobody knows, the 31st of February. */
export function checkTiming(timing: ScheduleTiming, nowMs: number): Outcome<null> {
  if (timing.kind !== 'cron') return ok(null)
  try {
    if (cronAfter(timing, nowMs) !== null) return ok(null)
    return fail(clusterError('bad_input', `"${timing.expression}" never comes.`, { field: 'timing.expression' }))
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error)
    const isZone = /time ?zone/i.test(because)
    return fail(
      isZone
        ? clusterError(
            'bad_input',
            `"${timing.timeZone}" is not a time zone; write one such as Europe/Berlin or UTC.`,
            {
              field: 'timing.timeZone',
            },
          )
        : clusterError('bad_input', `"${timing.expression}" is not a cron expression: ${because}`, {
            field: 'timing.expression',
            remedy: 'Five fields: minute hour day month weekday; or six with seconds first.',
          }),
    )
  }
}

function patternOf(expression: string, timeZone: string): Cron {
  const key = `${timeZone} ${expression}`
  const known = parsed.get(key)
  if (known) return known
  // Never started: it only answers which moments it names.
  const pattern = new Cron(expression, { timezone: timeZone, paused: true })
  if (parsed.size >= PARSED_MAX) for (const oldest of parsed.keys()) if (parsed.delete(oldest)) break
  parsed.set(key, pattern)
  return pattern
}
