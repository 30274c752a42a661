import { formatBytes, formatCpu } from '@quarterdeck/domain'
import { type Accounts, at } from '../accounts.ts'
import type { Filter } from '../filter.ts'
import type { Request } from '../request.ts'

/** The node has the CPU, the memory and a task slot free, counted by reservations and not by what is measured. */
export const resources: Filter = {
  name: 'resources',
  summary: 'Enough CPU, memory and a task slot are free on the node',

  reach: () => 'node',

  reject({ resources: need }, { index }, accounts) {
    if (at(accounts.memoryBytesFree, index) < need.memoryBytes) return 'too little memory'
    if (at(accounts.cpuMillisFree, index) < need.cpuMillis) return 'too little CPU'
    return at(accounts.taskSlotsFree, index) < 1 ? 'no free task slot' : null
  },

  explain(request, { index, node }, accounts) {
    const lacks = shortages(request, index, accounts)
    return `${node.id} ${lacks.map(({ sentence }) => sentence).join('; ') || 'has room'}`
  },

  remedy(request, { index, node }, accounts) {
    const lacks = shortages(request, index, accounts)
    if (lacks.length === 0) return null
    const beyond = lacks.filter(({ possible }) => !possible)
    if (beyond.length > 0) return { text: `a node with ${beyond.map(({ total }) => total).join(' and ')}`, effort: 2.5 }
    const missingShare = Math.max(...lacks.map(({ share }) => share))
    return {
      text: `${lacks.map(({ more }) => more).join(' and ')} on ${node.id}`,
      effort: 0.3 + Math.min(1, missingShare),
    }
  },
}

type Shortage = {
  readonly sentence: string
  readonly more: string
  /** What a node would need in all. */
  readonly total: string
  /** Whether this node could ever have it free. */
  readonly possible: boolean
  /** How much is missing, as a share of what is needed. */
  readonly share: number
}

function shortages({ resources: need }: Request, index: number, accounts: Accounts): Shortage[] {
  const memoryFree = at(accounts.memoryBytesFree, index)
  const cpuFree = at(accounts.cpuMillisFree, index)
  const lacks: Shortage[] = []
  if (memoryFree < need.memoryBytes) {
    lacks.push({
      sentence: `needs ${formatBytes(need.memoryBytes)}, ${formatBytes(memoryFree)} free`,
      more: `${formatBytes(need.memoryBytes - memoryFree)} more free memory`,
      total: `${formatBytes(need.memoryBytes)} of memory`,
      possible: at(accounts.memoryBytesTotal, index) >= need.memoryBytes,
      share: (need.memoryBytes - memoryFree) / need.memoryBytes,
    })
  }
  if (cpuFree < need.cpuMillis) {
    lacks.push({
      sentence: `needs ${cpuInWords(need.cpuMillis)}, ${cpuInWords(cpuFree)} free`,
      more: `${cpuInWords(need.cpuMillis - cpuFree)} more free`,
      total: cpuInWords(need.cpuMillis),
      possible: at(accounts.cpuMillisTotal, index) >= need.cpuMillis,
      share: (need.cpuMillis - cpuFree) / need.cpuMillis,
    })
  }
  if (at(accounts.taskSlotsFree, index) < 1) {
    const slots = at(accounts.taskSlotsTotal, index)
    lacks.push({
      sentence: `has no free task slot (${slots} of ${slots} taken)`,
      more: 'one task slot free',
      total: 'a task slot',
      possible: true,
      share: 0.2,
    })
  }
  return lacks
}

function cpuInWords(cpuMillis: number): string {
  return `${formatCpu(Math.max(0, cpuMillis))} CPU`
}
