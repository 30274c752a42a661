import type { CommitEvent, History, HistoryEvent } from './history-event.ts'

/** The same history without the commits that a failover of the store lost: what was true in the end. */
export function withoutLostCommits(history: History): History {
  const lost = new Set<HistoryEvent>()
  let commits: (HistoryEvent & CommitEvent)[] = []
  for (const event of history) {
    if (event.kind === 'commit') commits.push(event)
    if (event.kind !== 'failover') continue
    for (const commit of commits) if (commit.revision > event.keptRevision) lost.add(commit)
    commits = commits.filter((commit) => commit.revision <= event.keptRevision)
  }
  return lost.size === 0 ? history : history.filter((event) => !lost.has(event))
}
