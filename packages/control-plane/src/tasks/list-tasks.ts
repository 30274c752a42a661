import type { AsOf, TaskRow } from '@quarterdeck/domain'
import type { TaskFilter } from '../contract.ts'
import type { Core } from '../core.ts'
import { taskRow } from '../live/rows.ts'

/** Tasks that match, newest first. The cursor is the last row's creation time and id, so that pages hold while tasks come and go. */
export function listTasks(
  core: Core,
  filter: TaskFilter,
): AsOf<{ readonly tasks: readonly TaskRow[]; readonly next: string | null; readonly total: number }> {
  const text = filter.text?.toLowerCase()
  const states = filter.states ? new Set(filter.states) : null
  const matching = [...core.cache.all('task').values()].filter(
    ({ value }) =>
      (!states || states.has(value.state)) &&
      (filter.nodeId === undefined ||
        value.nodeId === filter.nodeId ||
        value.attempts.some((each) => each.nodeId === filter.nodeId)) &&
      (!text || value.name.toLowerCase().includes(text) || value.id.includes(text)),
  )
  matching.sort((a, b) => compare(b.value, a.value))
  const after = parseCursor(filter.cursor)
  const rest = after ? matching.filter(({ value }) => compare(value, after) < 0) : matching
  const page = rest.slice(0, filter.limit)
  const last = page.at(-1)?.value
  const asOf = core.cache.asOf()
  return {
    revision: asOf.revision,
    serverMs: core.platform.clock.unixMs(),
    behindMs: asOf.behindMs,
    value: {
      tasks: page.map(taskRow),
      next: last && rest.length > page.length ? `${last.createdAtMs}.${last.id}` : null,
      total: matching.length,
    },
  }
}

type Place = { readonly createdAtMs: number; readonly id: string }

function compare(a: Place, b: Place): number {
  return a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

function parseCursor(cursor: string | undefined): Place | null {
  const match = /^(\d{1,15})\.(.+)$/.exec(cursor ?? '')
  return match?.[1] && match[2] ? { createdAtMs: Number(match[1]), id: match[2] } : null
}
