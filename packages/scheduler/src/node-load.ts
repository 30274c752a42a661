import { type Accounts, at } from './accounts.ts'
import { shareInWords } from './amounts.ts'
import type { Request } from './request.ts'

/**
 * How full a node would be with this task: the highest of its CPU, memory and slot shares, 0..1 and above when overbooked.
 *
 * Where a measurement exists, a share is the mean of measured and reserved. Measured alone would send every task of one second to the
 * same node, because the next beat that could tell otherwise is a second away; reserved alone is blind to what runs beside the tasks.
 */
export function loadWith(accounts: Accounts, index: number, { resources }: Request): number {
  const cpu = mixed(
    shareOf(at(accounts.cpuMillisTotal, index), at(accounts.cpuMillisFree, index) - resources.cpuMillis),
    at(accounts.cpuShareMeasured, index),
  )
  const memory = mixed(
    shareOf(at(accounts.memoryBytesTotal, index), at(accounts.memoryBytesFree, index) - resources.memoryBytes),
    at(accounts.memoryShareMeasured, index),
  )
  const slots = shareOf(at(accounts.taskSlotsTotal, index), at(accounts.taskSlotsFree, index) - 1)
  return Math.max(cpu, memory, slots)
}

/** Mean reserved share of CPU and memory that a node would have with this task. Reservations only: what packing goes by. */
export function fillWith(accounts: Accounts, index: number, { resources }: Request): number {
  const cpu = shareOf(at(accounts.cpuMillisTotal, index), at(accounts.cpuMillisFree, index) - resources.cpuMillis)
  const memory = shareOf(
    at(accounts.memoryBytesTotal, index),
    at(accounts.memoryBytesFree, index) - resources.memoryBytes,
  )
  return (cpu + memory) / 2
}

/** "22 % with it: CPU 22 % (measured 30 %), memory 10 %, slots 5 %". */
export function loadInWords(accounts: Accounts, index: number, request: Request): string {
  const cpu = shareOf(
    at(accounts.cpuMillisTotal, index),
    at(accounts.cpuMillisFree, index) - request.resources.cpuMillis,
  )
  const memory = shareOf(
    at(accounts.memoryBytesTotal, index),
    at(accounts.memoryBytesFree, index) - request.resources.memoryBytes,
  )
  const slots = shareOf(at(accounts.taskSlotsTotal, index), at(accounts.taskSlotsFree, index) - 1)
  const cpuMeasured = measuredInWords(at(accounts.cpuShareMeasured, index))
  const memoryMeasured = measuredInWords(at(accounts.memoryShareMeasured, index))
  return `${shareInWords(loadWith(accounts, index, request))} with it: CPU ${shareInWords(cpu)} reserved${cpuMeasured}, memory ${shareInWords(memory)} reserved${memoryMeasured}, slots ${shareInWords(slots)}`
}

function shareOf(total: number, free: number): number {
  return total > 0 ? 1 - free / total : 1
}

function mixed(reserved: number, measured: number): number {
  return Number.isNaN(measured) ? reserved : (reserved + measured) / 2
}

function measuredInWords(measured: number): string {
  return Number.isNaN(measured) ? '' : `, ${shareInWords(measured)} measured`
}
