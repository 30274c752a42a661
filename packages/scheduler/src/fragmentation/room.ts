import { type Accounts, at } from '../accounts.ts'
import { freeMillis } from '../devices.ts'
import { hashText } from '../hashing/hash-text.ts'

/** Memory is looked at in so many steps: it seldom decides, and finer ones would make every node a case of its own. */
const MEMORY_STEPS = 16

/** What is free on one node, as far as its future goes. Nodes with equal keys have equal futures. */
export type Room = {
  readonly key: number
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
  if (!mixed) sortDown(gpuMillis)

  const cpuMillisTotal = at(accounts.cpuMillisTotal, index)
  const memoryBytesTotal = at(accounts.memoryBytesTotal, index)
  const cpuMillis = at(accounts.cpuMillisFree, index) - taken.cpuMillis
  const steps = Math.floor(
    (MEMORY_STEPS * (at(accounts.memoryBytesFree, index) - taken.memoryBytes)) / Math.max(1, memoryBytesTotal),
  )
  return {
    key: keyOf(
      mixed ? models.join(' ') : first,
      [models.length > 0 ? 0 : cpuMillisTotal, cpuMillis, steps, memoryBytesTotal / 2 ** 20],
      gpuMillis,
    ),
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

/**
 * One number of 53 bits for all of it. Two rooms of a million share a number about once in twenty thousand clusters; one score is then
 * that of another room, and the placement is still one that fits.
 */
function keyOf(text: string, amounts: readonly number[], gpuMillis: readonly number[]): number {
  let high = hashText(text)
  let low = high ^ 0x5bd1e995
  const add = (value: number) => {
    high = Math.imul(high ^ value, 0x85ebca6b)
    high ^= high >>> 15
    low = Math.imul(low ^ (value + 0x9e3779b9), 0xc2b2ae35)
    low ^= low >>> 13
  }
  for (let at = 0; at < amounts.length; at++) add(amounts[at] ?? 0)
  for (let number = 0; number < gpuMillis.length; number++) add(gpuMillis[number] ?? 0)
  return (high >>> 0) * 2 ** 21 + ((low >>> 0) >>> 11)
}

/** Largest first. By insertion: there are a few devices, nearly in order. */
function sortDown(amounts: number[]): void {
  for (let at = 1; at < amounts.length; at++) {
    const amount = amounts[at] ?? 0
    let place = at
    while (place > 0 && (amounts[place - 1] ?? 0) < amount) {
      amounts[place] = amounts[place - 1] ?? 0
      place--
    }
    amounts[place] = amount
  }
}
