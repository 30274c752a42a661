import type { Checker } from './checker.ts'

export const countersRecount: Checker = {
  name: 'counters',
  claim: 'Once it is calm, the counters of every controller equal a recount',

  check(history) {
    const settled = history.findLast((event) => event.kind === 'settled')
    if (settled?.kind !== 'settled') return []
    const recount: Record<string, number> = {}
    for (const { state } of settled.tasks) recount[state] = (recount[state] ?? 0) + 1
    return settled.views.flatMap(({ controllerId, tasksByState }) =>
      [...new Set([...Object.keys(recount), ...Object.keys(tasksByState)])]
        .filter((state) => (recount[state] ?? 0) !== (tasksByState[state] ?? 0))
        .map(
          (state) =>
            `${controllerId} counts ${tasksByState[state] ?? 0} ${state} tasks, there are ${recount[state] ?? 0}`,
        ),
    )
  },
}
