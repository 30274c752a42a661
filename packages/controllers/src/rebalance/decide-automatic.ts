import type { AutomaticRebalance, Operation, UnixMs } from '@quarterdeck/domain'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
const DAY_MINUTES = 24 * 60

/** How many tasks the cluster may move by itself now; none, with the reason in one sentence. */
export type AutomaticVerdict = { readonly movesMax: number; readonly because: string }

/**
 * Whether advice may be carried out without anybody asking. What was moved within the last hour counts against the budget, whoever asked
 * for it and whichever controller did it, because it is read off the operations.
 */
export function decideAutomatic(
  policy: AutomaticRebalance | null | undefined,
  operations: Iterable<Operation>,
  nowMs: UnixMs,
): AutomaticVerdict {
  if (!policy) return { movesMax: 0, because: 'automatic rebalance is switched off' }
  const rebalances = [...operations].filter(({ kind }) => kind === 'rebalance')
  const running = rebalances.find(({ state }) => state === 'running')
  if (running) return { movesMax: 0, because: `rebalance ${running.id} is still running` }
  const { window, movesPerHour } = policy
  if (window && !isWithin(window, nowMs))
    return { movesMax: 0, because: `it is outside the window ${window.from} to ${window.to} UTC` }
  const spent = rebalances
    .filter(({ startedAtMs }) => nowMs - startedAtMs < HOUR_MS)
    .reduce((sum, { actual }) => sum + actual.length, 0)
  const left = Math.max(0, movesPerHour - spent)
  return { movesMax: left, because: `${left} of ${movesPerHour} moves are left in this hour` }
}

function isWithin({ from, to }: NonNullable<AutomaticRebalance['window']>, nowMs: UnixMs): boolean {
  const now = Math.floor(nowMs / MINUTE_MS) % DAY_MINUTES
  const [begin, end] = [minuteOf(from), minuteOf(to)]
  if (begin === end) return true
  return begin < end ? now >= begin && now < end : now >= begin || now < end
}

function minuteOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return hours * 60 + minutes
}
