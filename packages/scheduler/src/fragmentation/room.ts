import { type Accounts, at } from '../accounts.ts'
import { freeMillis } from '../devices.ts'

/** Memory is looked at in so many steps: it seldom decides, and finer ones would make every node a case of its own. */
const MEMORY_STEPS = 16

/** What is free on one node, as far as its future goes. Nodes with equal keys have equal futures. */
export type Room = {
  readonly key: string
  readonly models: readonly string[]
  readonly cpuMillis: number
  readonly memoryBytes: number
  /** Free thousandths by device; largest first when all are of one model, since then only the amounts matter. */
  readonly gpuMillis: readonly number[]
  readonly cpuMillisTotal: number
  readonly memoryBytesTotal: number
}

export type Taken = {
  readonly cpuMillis: number
  readonly memoryBytes: number
  readonly numbers: readonly number[]
  readonly shareMillis: number
}

const nothing: Taken = { cpuMillis: 0, memoryBytes: 0, numbers: [], shareMillis: 0 }

/** The room of a node, less what would be taken. */
export function roomOf(accounts: Accounts, index: number, taken: Taken = nothing): Room {
  const gpus = accounts.devices.at(index)
  const { models } = gpus
  const gpuMillis = models.map((_model, number) => freeMillis(gpus, number))
  for (const number of taken.numbers) gpuMillis[number] = (gpuMillis[number] ?? 0) - taken.shareMillis
  const [first = ''] = models
  const mixed = models.some((model) => model !== first)
  if (!mixed) gpuMillis.sort((left, right) => right - left)

  const cpuMillisTotal = at(accounts.cpuMillisTotal, index)
  const memoryBytesTotal = at(accounts.memoryBytesTotal, index)
  const cpuMillis = at(accounts.cpuMillisFree, index) - taken.cpuMillis
  const steps = Math.floor(
    (MEMORY_STEPS * (at(accounts.memoryBytesFree, index) - taken.memoryBytes)) / Math.max(1, memoryBytesTotal),
  )
  return {
    key: `${mixed ? models.join(' ') : first}/${models.length > 0 ? gpuMillis.join(' ') : cpuMillisTotal}/${cpuMillis}/${steps}/${memoryBytesTotal}`,
    models,
    cpuMillis,
    memoryBytes: (steps * memoryBytesTotal) / MEMORY_STEPS,
    gpuMillis,
    cpuMillisTotal,
    memoryBytesTotal,
  }
}

/** How much of the node's GPUs is free, thousandths of one. */
export function gpuMillisOf({ gpuMillis }: Room): number {
  let sum = 0
  for (let number = 0; number < gpuMillis.length; number++) sum += Math.max(0, gpuMillis[number] ?? 0)
  return sum
}
