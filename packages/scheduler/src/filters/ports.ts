import type { Accounts } from '../accounts.ts'
import type { Filter } from '../filter.ts'
import { fitPorts } from '../ports.ts'
import type { Request } from '../request.ts'

/** The node gives ports, and those that the task asks for are free. */
export const ports: Filter = {
  name: 'ports',
  summary: 'The ports that the task asks for are free on the node',

  reach: ({ spec }) => (spec.ports?.length ? 'node' : 'nothing'),

  reject({ spec }, { index }, accounts) {
    if (accounts.ports.rangeOf(index) === null) return 'gives no ports'
    if (takenOf(spec.ports, index, accounts) !== undefined) return 'port taken'
    return fitPorts(accounts.ports, index, spec.ports ?? [], () => 0) ? null : 'no free port'
  },

  explain({ spec }, { index, node }, accounts) {
    const range = accounts.ports.rangeOf(index)
    if (!range) return `${node.id} gives no ports: its agent names no range`
    const taken = takenOf(spec.ports, index, accounts)
    if (taken) return `port ${taken.port} (${taken.name}) of ${node.id} is held by another task`
    return `${node.id} gives the ports ${range.from} to ${range.to}, ${accounts.ports.takenCount(index)} of its ports are held`
  },

  effort: (_request, { index }, accounts) => (accounts.ports.rangeOf(index) === null ? 2 : 0.4),

  remedy({ spec }, { index, node }, accounts) {
    if (accounts.ports.rangeOf(index) === null) return `a range of ports on ${node.id} (QD_PORT_RANGE of its agent)`
    const taken = takenOf(spec.ports, index, accounts)
    return taken ? `port ${taken.port} free on ${node.id}` : `more free ports on ${node.id}`
  },
}

function takenOf(needs: Request['spec']['ports'], index: number, accounts: Accounts) {
  return needs?.find(({ port }) => port !== undefined && accounts.ports.isTaken(index, port))
}
