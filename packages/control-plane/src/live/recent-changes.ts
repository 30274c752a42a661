import type { FeedEvent, Stored } from '@quarterdeck/domain'
import type { CacheChange } from '@quarterdeck/store'
import { eventsOf } from './event-log.ts'

/** What one commit touched, by id only: a stream that resumes sends the present rows of these. */
export type Touched = {
  readonly revision: number
  readonly nodes: readonly string[]
  readonly tasks: readonly string[]
  readonly operations: readonly string[]
  readonly schedules: readonly string[]
  readonly services: readonly string[]
  readonly controllers: boolean
  readonly events: readonly FeedEvent[]
}

const ENTRIES_KEPT = 5_000

/** The last commits, so that a page that was away for a moment gets what changed and not everything. */
export type RecentChanges = {
  add(touched: Touched): void
  clear(): void
  /** Everything after `revision`, or null when that is no longer (or not yet) known. */
  since(revision: number): readonly Touched[] | null
}

export function createRecentChanges(): RecentChanges {
  let entries: Touched[] = []
  let firstKnown = Number.MAX_SAFE_INTEGER
  let highest = 0
  return {
    add(touched) {
      if (entries.length === 0 && firstKnown === Number.MAX_SAFE_INTEGER) firstKnown = touched.revision
      entries.push(touched)
      highest = Math.max(highest, touched.revision)
      if (entries.length > ENTRIES_KEPT * 2) {
        entries = entries.slice(-ENTRIES_KEPT)
        firstKnown = Math.min(...entries.map((entry) => entry.revision))
      }
    },
    clear() {
      entries = []
      firstKnown = Number.MAX_SAFE_INTEGER
      highest = 0
    },
    since(revision) {
      if (revision > highest || revision + 1 < firstKnown) return null
      return entries.filter((entry) => entry.revision > revision)
    },
  }
}

export function touchedBy(change: Extract<CacheChange, { kind: 'entry' }>): Touched {
  const ids = (kind: string) => change.changes.filter((one) => one.kind === kind).map((one) => one.id)
  return {
    revision: change.revision,
    nodes: [...ids('node'), ...nodesOfTasks(change)],
    tasks: ids('task'),
    operations: ids('operation'),
    schedules: ids('schedule'),
    services: [...ids('service'), ...servicesOfTasks(change)],
    controllers: change.changes.some((one) => one.kind === 'controller' || one.kind === 'leadership'),
    events: eventsOf(change.revision, change.meta),
  }
}

/** A task that comes to a node or leaves it changes what the node's row says, too. */
function nodesOfTasks(change: Extract<CacheChange, { kind: 'entry' }>): string[] {
  return change.changes.flatMap((one) => {
    if (one.kind !== 'task') return []
    const sides = [one.before, one.after] as (Stored<'task'> | undefined)[]
    return sides.flatMap((side) => side?.value.nodeId ?? [])
  })
}

/** A replica that starts, fails or goes changes the counts in its service's row. */
function servicesOfTasks(change: Extract<CacheChange, { kind: 'entry' }>): string[] {
  return change.changes.flatMap((one) => {
    if (one.kind !== 'task') return []
    const { replica } = (one.after ?? one.before)?.value ?? {}
    return replica ? [replica.serviceId] : []
  })
}
