import type { ActOutcome, ActPlan } from './act-plan.ts'
import { formatBytes, formatCpu } from './amounts.ts'

/** One quantity of an act: as it was, as it was foreseen, and as it came out; null while that is not known. */
export type ActFact = {
  readonly what: string
  readonly before: string
  readonly planned: string
  readonly happened: string | null
  /** Something came out otherwise that only the act decides. What is free also moves with other work. */
  readonly differs: boolean
}

/** What an act was to change, beside what it changed. Without `actual`: what it would change. */
export function actFacts({ room, controllers, handover }: ActPlan, actual: ActOutcome | null = null): ActFact[] {
  const facts: ActFact[] = []
  const add = (what: string, before: string, planned: string, happened: string | null, isOwn = false) =>
    facts.push({ what, before, planned, happened, differs: isOwn && happened !== null && happened !== planned })
  if (room) {
    const now = actual?.room ?? null
    add('Nodes for new work', String(room.before.nodes), String(room.after.nodes), now && String(now.nodes), true)
    add(
      'CPU free',
      formatCpu(room.before.cpuMillisFree),
      formatCpu(room.after.cpuMillisFree),
      now && formatCpu(now.cpuMillisFree),
    )
    add(
      'Memory free',
      formatBytes(room.before.memoryBytesFree),
      formatBytes(room.after.memoryBytesFree),
      now && formatBytes(now.memoryBytesFree),
    )
    add(
      'Task slots free',
      String(room.before.taskSlotsFree),
      String(room.after.taskSlotsFree),
      now && String(now.taskSlotsFree),
    )
  }
  if (controllers)
    add('Controllers', String(controllers.before), String(controllers.after), textOf(actual?.controllers ?? null), true)
  if (handover) add('Leader', handover.from, handover.to ?? 'nobody', actual ? (actual.leader ?? 'nobody') : null, true)
  return facts
}

function textOf(count: number | null): string | null {
  return count === null ? null : String(count)
}
