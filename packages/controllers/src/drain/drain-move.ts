import { type DrainOptions, formatDuration, type Move, type NodeId, type Task } from '@quarterdeck/domain'
import type { Placement, Refusal } from '@quarterdeck/scheduler'
import { isReplacedByService, type StopMoment } from './stop-moment.ts'

/** Where the plan would put a task that has to go; neither for one that does not. */
export type Destination = { readonly placement: Placement | undefined; readonly refusal: Refusal | undefined }

/** What a drain does with one task, in words. */
export function drainMove(
  task: Task,
  fromNodeId: NodeId,
  moment: StopMoment,
  options: DrainOptions,
  { placement, refusal }: Destination,
): Move {
  const toNodeId = placement?.nodeId ?? null
  const move = (fate: Move['fate'], because: string): Move => ({
    taskId: task.id,
    name: task.name,
    fate,
    fromNodeId,
    toNodeId,
    because: because.slice(0, 500),
  })
  const within = formatDuration(options.deadlineMs)
  const once = task.policy === 'at-most-once'
  switch (moment) {
    case 'left':
      return move('stays', 'a system task: it belongs to the node')
    case 'kept':
      return move('finishes-here', `may finish here for ${within}, then stays`)
    case 'whenever':
      return move('finishes-here', 'may finish here, however long it takes')
    case 'at-deadline':
      if (once) return move('finishes-here', `may finish here for ${within}, then is stopped and never run again`)
      if (placement) return move('finishes-here', `may finish here for ${within}, then moves to ${placement.nodeId}`)
      return move('finishes-here', `may finish here for ${within}, then is stopped and waits: ${whyNowhere(refusal)}`)
    case 'at-once':
      if (once) return move('ends', 'is stopped and never run again (at-most-once)')
      return placement
        ? move('moves', whyThere(task, placement, options.mode !== 'now' && isReplacedByService(task)))
        : move('nowhere', whyNowhere(refusal))
    default:
      return moment satisfies never
  }
}

function whyThere(task: Task, { decision }: Placement, isStartFirst: boolean): string {
  if (isStartFirst)
    return `its service starts the replacement first, and stops this one when that is healthy; ${decision.because}`
  const first = task.policy === 'exclusive' ? 'once its processes here are confirmed gone; ' : ''
  return `${first}${decision.because}`
}

function whyNowhere(refusal: Refusal | undefined): string {
  if (!refusal) return 'no node can take it'
  const { because, wouldFit } = refusal.decision
  return wouldFit ? `${because}. ${wouldFit}` : because
}
