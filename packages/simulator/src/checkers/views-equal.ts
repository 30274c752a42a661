import type { Checker } from './checker.ts'

/** I9, as far as it concerns the read caches. */
export const viewsEqual: Checker = {
  name: 'I9',
  claim: 'Once it is calm, every controller shows what the store holds',

  check(history) {
    const settled = history.findLast((event) => event.kind === 'settled')
    if (settled?.kind !== 'settled') return []
    const tasks = Object.fromEntries(settled.tasks.map(({ id, state }) => [id, state]))
    const nodes = Object.fromEntries(settled.nodes.map(({ id, health }) => [id, health]))
    return settled.views.flatMap(({ controllerId, taskStates, nodeHealths }) => [
      ...differences(tasks, taskStates).map((text) => `${controllerId} shows task ${text}`),
      ...differences(nodes, nodeHealths).map((text) => `${controllerId} shows node ${text}`),
    ])
  },
}

function differences(stored: Readonly<Record<string, string>>, shown: Readonly<Record<string, string>>): string[] {
  const ids = new Set([...Object.keys(stored), ...Object.keys(shown)])
  return [...ids]
    .filter((id) => stored[id] !== shown[id])
    .map((id) => `${id} as ${shown[id] ?? 'missing'}, stored is ${stored[id] ?? 'nothing'}`)
}
