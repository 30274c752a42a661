import type { Core } from '../core.ts'

/** Run times that an estimate looks at, per name. */
const RUN_TIMES_MAX = 200

/** How long tasks that succeeded have run, milliseconds by name. */
export function runTimesByName(core: Core): Map<string, number[]> {
  const byName = new Map<string, number[]>()
  for (const id of core.tasks.inState('succeeded')) {
    const task = core.cache.get('task', id)?.value
    if (!task || task.startedAtMs === null || task.endedAtMs === null) continue
    const times = byName.get(task.name) ?? []
    if (times.length < RUN_TIMES_MAX) times.push(task.endedAtMs - task.startedAtMs)
    byName.set(task.name, times)
  }
  return byName
}
