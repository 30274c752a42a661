import { type DispatchPlan, estimateInWords, formatDuration, roomInWords } from '@quarterdeck/domain'

/** Where a task would run, why, and how long it would take. */
export function describeDispatchPlan({ task, decision, queueWaitMs, estimateMs, makesRoom }: DispatchPlan): string {
  const where = decision.nodeId ? `would run on ${decision.nodeId}` : 'would wait'
  const wait = queueWaitMs > 0 ? `; others wait ${formatDuration(queueWaitMs)}` : ''
  const takes = `\nIt takes ${estimateMs ? estimateInWords(estimateMs) : 'nobody knows how long: none of its name has succeeded yet'}.`
  return `${task.name} ${where}: ${decision.because}${wait}${decision.wouldFit ? `\n${decision.wouldFit}` : ''}${makesRoom ? `\n! ${roomInWords(makesRoom)}` : ''}${takes}`
}
