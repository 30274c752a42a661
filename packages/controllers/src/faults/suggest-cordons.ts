import { type CordonSuggestion, type JobOnNode, limits, type NodeId, type UnixMs } from '@quarterdeck/domain'
import type { AttemptTally } from './attempt-tally.ts'

/** Failures on a node within ten minutes, and jobs that they must be of. Nomad's mistake was to act by itself on less. */
const FAILURES_MIN = 5
const JOBS_MIN = 2
/** A job speaks against a node when at least this share of its attempts fails there… */
const FAILED_SHARE = 0.5
/** …and at most this part of that share elsewhere. */
const BETTER_ELSEWHERE = 0.5
const FAILURES_SHOWN = 10

/** Nodes that several jobs speak against, worst first. It says so and no more: whether to cordon is an operator's decision. */
export function suggestCordons(tally: AttemptTally, nowMs: UnixMs): readonly CordonSuggestion[] {
  tally.age(nowMs)
  const found: { readonly suggestion: CordonSuggestion; readonly failed: number }[] = []
  for (const [nodeId, { jobs, failures }] of tally.byNode()) {
    const against = jobs.filter(speaksAgainst).sort((a, b) => b.failedHere - a.failedHere || (a.job < b.job ? -1 : 1))
    const failed = against.reduce((sum, { failedHere }) => sum + failedHere, 0)
    if (against.length < JOBS_MIN || failed < FAILURES_MIN) continue
    const names = new Set(against.map(({ job }) => job))
    const shown = failures.filter(({ job }) => names.has(job)).sort((a, b) => b.atMs - a.atMs)
    const suggestion = {
      nodeId,
      sinceMs: shown.at(-1)?.atMs ?? nowMs,
      sentence: sentenceOf(nodeId, against, failed),
      jobs: against,
      failures: shown.slice(0, FAILURES_SHOWN),
    }
    found.push({ suggestion, failed })
  }
  return found
    .sort((a, b) => b.failed - a.failed || (a.suggestion.nodeId < b.suggestion.nodeId ? -1 : 1))
    .map(({ suggestion }) => suggestion)
}

/** A job that fails everywhere is at fault itself; one that ran nowhere else cannot tell, and counts. */
function speaksAgainst({ failedHere, endedHere, failedElsewhere, endedElsewhere }: JobOnNode): boolean {
  if (failedHere === 0) return false
  const here = failedHere / endedHere
  const elsewhere = endedElsewhere === 0 ? 0 : failedElsewhere / endedElsewhere
  return here >= FAILED_SHARE && elsewhere <= BETTER_ELSEWHERE * here
}

function sentenceOf(nodeId: NodeId, jobs: readonly JobOnNode[], failed: number): string {
  const named = jobs.slice(0, 3).map(({ job, failedHere, endedHere }) => `${job} ${failedHere} of ${endedHere}`)
  const more = jobs.length > 3 ? ` and ${jobs.length - 3} more` : ''
  const elsewhere = jobs.some(({ endedElsewhere }) => endedElsewhere > 0) ? '; they fare better elsewhere' : ''
  const text = `${failed} attempts of ${jobs.length} jobs failed on ${nodeId} within 10 min (${named.join(', ')}${more})${elsewhere}`
  return text.slice(0, limits.reasonLengthMax)
}
