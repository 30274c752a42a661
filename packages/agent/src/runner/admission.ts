import type { Capacity } from '@quarterdeck/domain'
import type { Assignment } from '@quarterdeck/domain/wire'
import type { RejectedReport } from '../attempt.ts'
import type { DriverFingerprint } from '../driver.ts'

/** What alive attempts hold of the node. */
export type Load = {
  readonly tasks: number
  readonly cpuMillis: number
  readonly memoryBytes: number
  readonly ports: ReadonlySet<number>
}
export type Refusal = Pick<RejectedReport, 'code' | 'because'>

/**
 * The node's last word on new work: null admits it. The scheduler decides with a picture that may be a moment old, and with several
 * leaders two of them may choose the same free slot; this check is what keeps the node within its capacity all the same.
 */
export function refuse(
  assignment: Assignment,
  node: {
    readonly capacity: Capacity
    readonly load: Load
    readonly driver: DriverFingerprint | undefined
    /** The ports of this machine that some program listens on. */
    readonly listening: () => ReadonlySet<number>
    /** The owner of the machine's veto, as one sentence. */
    readonly forbids: (assignment: Assignment) => string | null
  },
): Refusal | null {
  const unsupported = lacks(assignment, node.driver)
  if (unsupported) return { code: 'unsupported', because: unsupported }

  const forbidden = node.forbids(assignment)
  if (forbidden) return { code: 'policy', because: forbidden }

  const tooMuch = exceeds(assignment, node.capacity, node.load)
  if (tooMuch) return { code: 'capacity', because: tooMuch }

  const taken = takenPort(assignment, node.load, node.listening)
  return taken ? { code: 'capacity', because: taken } : null
}

/** The cluster knows which ports its tasks hold; what else listens on this machine only the machine knows. */
function takenPort({ ports = [] }: Assignment, load: Load, listening: () => ReadonlySet<number>): string | null {
  if (ports.length === 0) return null
  const held = ports.find(({ port }) => load.ports.has(port))
  if (held) return `Port ${held.port} (${held.name}) is held by another task.`
  const elsewhere = listening()
  const used = ports.find(({ port }) => elsewhere.has(port))
  return used ? `Another program on this machine listens on port ${used.port} (${used.name}).` : null
}

function lacks(assignment: Assignment, driver: DriverFingerprint | undefined): string | null {
  if (!driver) return `This agent has no driver ${assignment.driver}.`
  if (driver.unavailable) return driver.unavailable
  if (assignment.driver === 'exec') return assignment.exec ? null : 'The assignment names no program.'
  if (!assignment.handler) return 'The assignment names no handler.'
  const { name } = assignment.handler
  if (driver.handlers.includes(name)) return null
  return `No handler ${name} on this node; it has ${driver.handlers.join(', ') || 'none'}.`
}

function exceeds({ resources, gpus = [] }: Assignment, capacity: Capacity, load: Load): string | null {
  if (load.tasks >= capacity.taskSlots) return `All ${capacity.taskSlots} task slots are taken.`
  const cpuMillisFree = capacity.cpuMillis - load.cpuMillis
  if (resources.cpuMillis > cpuMillisFree)
    return `Needs ${resources.cpuMillis} CPU thousandths, ${cpuMillisFree} are free.`
  const memoryBytesFree = capacity.memoryBytes - load.memoryBytes
  if (resources.memoryBytes > memoryBytesFree)
    return `Needs ${resources.memoryBytes} bytes of memory, ${memoryBytesFree} are free.`
  const gpuCount = (capacity.gpus ?? []).reduce((sum, { count }) => sum + count, 0)
  const missing = gpus.find((number) => number >= gpuCount)
  if (missing !== undefined) return `Names GPU ${missing}, this node has ${gpuCount}.`
  return null
}
