import { AttemptTally, exitInWords, suggestCordons, TALLY_WINDOW_MS } from '@quarterdeck/controllers'
import type { CordonSuggestion, Task, UnixMs } from '@quarterdeck/domain'
import type { ObjectChange } from '@quarterdeck/store'
import type { Core } from '../core.ts'

/** How long an answer is given again before it is worked out anew. */
const KEPT_MS = 1_000

export type CordonSuggestions = () => readonly CordonSuggestion[]

/**
 * Which nodes an operator may want to cordon, on every controller from the attempts that its cache shows: nothing is stored, and a
 * controller that has just started counts the ended attempts of the last ten minutes anew.
 */
export function watchCordonSuggestions(core: Core): CordonSuggestions {
  const tally = new AttemptTally()
  let answer: { readonly value: readonly CordonSuggestion[]; readonly atMs: UnixMs } | null = null

  /** Notes those attempts that had not ended in `before`. */
  function note(task: Task, before: Task | undefined, endedAfterMs: (nodeId: Task['nodeId']) => number): void {
    const nowMs = core.platform.clock.unixMs()
    for (const { attempt, nodeId, outcome, exit, endedAtMs } of task.attempts) {
      if (outcome !== 'succeeded' && outcome !== 'failed' && outcome !== 'timed-out') continue
      if (before?.attempts.some((known) => known.attempt === attempt && known.outcome === outcome)) continue
      const atMs = Math.min(nowMs, endedAtMs ?? task.sinceMs) as UnixMs
      if (atMs <= endedAfterMs(nodeId)) continue
      const error = outcome === 'succeeded' ? null : exit ? exitInWords(exit) : 'it timed out'
      tally.note({ job: task.name, nodeId, taskId: task.id, attempt, atMs, error })
    }
  }

  function count(): void {
    tally.clear()
    const oldestMs = core.platform.clock.unixMs() - TALLY_WINDOW_MS
    const openedMs = (id: Task['nodeId']) => (id ? (core.cache.get('node', id)?.value.schedulingSinceMs ?? 0) : 0)
    for (const { value } of core.cache.all('task').values())
      if (value.attempts.length > 0 && value.sinceMs > oldestMs)
        note(value, undefined, (nodeId) => Math.max(oldestMs, openedMs(nodeId)))
  }

  function take(change: ObjectChange): void {
    if (change.kind === 'task' && change.after && change.before?.value.attempts !== change.after.value.attempts)
      note(change.after.value, change.before?.value, () => 0)
    // Somebody had looked at it and put it back to work.
    if (change.kind === 'node' && change.before && change.before.value.scheduling !== change.after?.value.scheduling) {
      tally.forgive(change.before.value.id)
      answer = null
    }
  }

  core.cache.subscribe((change) => {
    if (change.kind === 'reset') return count()
    for (const one of change.changes) take(one)
  })
  if (core.cache.complete) count()

  return () => {
    const nowMs = core.platform.clock.unixMs()
    if (!answer || nowMs - answer.atMs >= KEPT_MS || nowMs < answer.atMs)
      answer = { value: suggestCordons(tally, nowMs), atMs: nowMs }
    return answer.value.filter(({ nodeId }) => core.cache.get('node', nodeId)?.value.scheduling === 'open')
  }
}
