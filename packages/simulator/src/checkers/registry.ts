import type { History } from '../history/history-event.ts'
import { acknowledgedTasksEnd } from './acknowledged-tasks-end.ts'
import { agentEpochs } from './agent-epochs.ts'
import { capacity } from './capacity.ts'
import type { Checker, Violation } from './checker.ts'
import { countersRecount } from './counters-recount.ts'
import { idempotency } from './idempotency.ts'
import { leaderWrites } from './leader-writes.ts'
import { noDownByOwnOutage } from './no-down-by-own-outage.ts'
import { nothingCrashes } from './nothing-crashes.ts'
import { oneLeader } from './one-leader.ts'
import { oneResult } from './one-result.ts'
import { singleLiveAttempt } from './single-live-attempt.ts'
import { terminalIsForEver } from './terminal-is-for-ever.ts'
import { viewsEqual } from './views-equal.ts'

export const checkers: readonly Checker[] = [
  leaderWrites,
  agentEpochs,
  singleLiveAttempt,
  acknowledgedTasksEnd,
  terminalIsForEver,
  oneResult,
  viewsEqual,
  capacity,
  noDownByOwnOutage,
  idempotency,
  oneLeader,
  countersRecount,
  nothingCrashes,
]

/** Every violation of every invariant in a recorded history. */
export function checkHistory(history: History): Violation[] {
  return checkers.flatMap(({ name, check }) => check(history).map((sentence) => ({ invariant: name, sentence })))
}
