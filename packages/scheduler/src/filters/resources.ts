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
    if (at(accounts.memoryBytesFree, index) < need.memoryBytes) return NO_MEMORY
    if (at(accounts.cpuMillisFree, index) < need.cpuMillis) return NO_CPU
    return at(accounts.taskSlotsFree, index) < 1 ? NO_SLOT : null
  },

  sift({ resources: need }, indexes, count, { memoryBytesFree, cpuMillisFree, taskSlotsFree }, rejected) {
    let kept = 0
    const noMemory = { nodes: 0, exampleIndex: -1 }
    const noCpu = { nodes: 0, exampleIndex: -1 }
    const noSlot = { nodes: 0, exampleIndex: -1 }
    for (let position = 0; position < count; position++) {
      const index = indexes[position] ?? 0
      if ((memoryBytesFree[index] ?? 0) < need.memoryBytes) tally(noMemory, index)
      else if ((cpuMillisFree[index] ?? 0) < need.cpuMillis) tally(noCpu, index)
      else if ((taskSlotsFree[index] ?? 0) < 1) tally(noSlot, index)
      else indexes[kept++] = index
    }
    if (noMemory.nodes > 0) rejected(NO_MEMORY, noMemory.nodes, noMemory.exampleIndex)
    if (noCpu.nodes > 0) rejected(NO_CPU, noCpu.nodes, noCpu.exampleIndex)
    if (noSlot.nodes > 0) rejected(NO_SLOT, noSlot.nodes, noSlot.exampleIndex)
    return kept
  },

  explain(request, { index, node }, accounts) {
    const lacks = shortages(request, index, accounts)
    return `${node.id} ${lacks.map(({ sentence }) => sentence).join('; ') || 'has room'}`
  },

  effort({ resources: need }, { index }, accounts) {
    if (
      at(accounts.memoryBytesTotal, index) < need.memoryBytes ||
      at(accounts.cpuMillisTotal, index) < need.cpuMillis
    ) {
      return 2.5
    }
    const memoryShare = missingShare(need.memoryBytes, at(accounts.memoryBytesFree, index))
    const cpuShare = missingShare(need.cpuMillis, at(accounts.cpuMillisFree, index))
    return 0.3 + Math.min(0.7, Math.max(memoryShare, cpuShare))
  },

  remedy(request, { index, node }, accounts) {
    const lacks = shortages(request, index, accounts)
    const beyond = lacks.filter(({ possible }) => !possible)
    if (beyond.length > 0) return `a node with ${beyond.map(({ total }) => total).join(' and ')}`
    return `${lacks.map(({ more }) => more).join(' and ')} on ${node.id}`
  },
}

const NO_MEMORY = 'too little memory'
const NO_CPU = 'too little CPU'
const NO_SLOT = 'no free task slot'

function tally(counted: { nodes: number; exampleIndex: number }, index: number): void {
  counted.nodes++
  if (counted.exampleIndex < 0) counted.exampleIndex = index
}

/** How much of what is needed is missing, 0..1. */
function missingShare(need: number, free: number): number {
  return need > free ? (need - free) / need : 0
}

type Shortage = {
  readonly sentence: string
  readonly more: string
  /** What a node would need in all. */
  readonly total: string
  /** Whether this node could ever have it free. */
  readonly possible: boolean
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
    })
  }
  if (cpuFree < need.cpuMillis) {
    lacks.push({
      sentence: `needs ${cpuInWords(need.cpuMillis)}, ${cpuInWords(cpuFree)} free`,
      more: `${cpuInWords(need.cpuMillis - cpuFree)} more free`,
      total: cpuInWords(need.cpuMillis),
      possible: at(accounts.cpuMillisTotal, index) >= need.cpuMillis,
    })
  }
  if (at(accounts.taskSlotsFree, index) < 1) {
    const slots = at(accounts.taskSlotsTotal, index)
    lacks.push({
      sentence: `has no free task slot (${slots} of ${slots} taken)`,
      more: 'one task slot free',
      total: 'a task slot',
      possible: true,
    })
  }
  return lacks
}

function cpuInWords(cpuMillis: number): string {
  return `${formatCpu(Math.max(0, cpuMillis))} CPU`
}
