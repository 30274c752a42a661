import { isTerminal, packColumns, type StreamFrame, type StreamTopic } from '@quarterdeck/domain'
import type { ControlService, EventsService } from '../contract.ts'
import type { Core } from '../core.ts'
import { scheduleRow } from '../schedules/schedule-view.ts'
import { serviceRow } from '../services/service-row.ts'
import { nodeRow, taskRow } from './rows.ts'
import type { Slots } from './slots.ts'

const ROWS_PER_FRAME = 500
export const TASK_ROWS_MAX = 2_000
const EVENTS_FIRST = 200
const OPERATIONS_FIRST = 100

type SnapshotFrame = Extract<StreamFrame, { t: 'snapshot' }>
type Part = Partial<Omit<SnapshotFrame, 't' | 'serverMs' | 'total' | 'sent' | 'last'>>

/** The whole present state for the topics of one page, in parts that keep a socket responsive. The last part has `last`. */
export async function* snapshotFrames(
  core: Core,
  deps: { readonly slots: Slots; readonly events: EventsService; readonly control: Pick<ControlService, 'view'> },
  topics: ReadonlySet<StreamTopic>,
): AsyncIterable<SnapshotFrame> {
  const nodes = topics.has('nodes') ? [...core.cache.all('node').values()] : []
  const tasks = topics.has('tasks') ? newestTasks(core) : []
  const schedules = topics.has('schedules') ? [...core.cache.all('schedule').values()] : []
  const total = nodes.length + tasks.length + schedules.length
  let sent = 0
  const frame = (part: Part, rows: number, last: boolean): SnapshotFrame => {
    sent += rows
    return { t: 'snapshot', serverMs: core.platform.clock.unixMs(), total, sent, last, ...part }
  }

  for (let at = 0; at < nodes.length; at += ROWS_PER_FRAME) {
    const rows = nodes.slice(at, at + ROWS_PER_FRAME).map((stored) => nodeRow(core, deps.slots, stored.value))
    yield frame({ nodes: packColumns(rows) }, rows.length, false)
  }
  for (let at = 0; at < tasks.length; at += ROWS_PER_FRAME) {
    const rows = tasks.slice(at, at + ROWS_PER_FRAME).map(taskRow)
    yield frame({ tasks: packColumns(rows) }, rows.length, false)
  }
  for (let at = 0; at < schedules.length; at += ROWS_PER_FRAME) {
    const rows = schedules.slice(at, at + ROWS_PER_FRAME).map((stored) => scheduleRow(core, stored))
    yield frame({ schedules: rows }, rows.length, false)
  }
  yield frame(await rest(core, deps, topics), 0, true)
}

async function rest(
  core: Core,
  deps: Parameters<typeof snapshotFrames>[1],
  topics: ReadonlySet<StreamTopic>,
): Promise<Part> {
  const listed = topics.has('events') ? await deps.events.list({ limit: EVENTS_FIRST }) : null
  return {
    counts: core.tasks.counts(),
    ...(topics.has('controllers') ? { controllers: deps.control.view().controllers } : {}),
    ...(topics.has('operations') ? { operations: newestOperations(core) } : {}),
    ...(topics.has('services') ? { services: services(core) } : {}),
    ...(listed?.ok ? { events: listed.value.events } : {}),
  }
}

function services(core: Core) {
  return [...core.cache.all('service').values()].map((stored) => serviceRow(core, stored))
}

function newestOperations(core: Core) {
  return [...core.cache.all('operation').values()]
    .map((stored) => stored.value)
    .sort((a, b) => b.startedAtMs - a.startedAtMs)
    .slice(0, OPERATIONS_FIRST)
}

/** Live tasks first, then the newest that ended. */
function newestTasks(core: Core) {
  const all = [...core.cache.all('task').values()]
  const rank = (state: Parameters<typeof isTerminal>[0]) => (isTerminal(state) ? 1 : 0)
  return all
    .sort((a, b) => rank(a.value.state) - rank(b.value.state) || b.value.sinceMs - a.value.sinceMs)
    .slice(0, TASK_ROWS_MAX)
}
