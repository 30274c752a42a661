import type { CordonSuggestion } from '@quarterdeck/domain'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { ago } from '../show/moments.ts'
import { type Column, table } from '../show/table.ts'

const failureColumns: readonly Column<CordonSuggestion['failures'][number]>[] = [
  { title: 'task', of: ({ taskId }) => taskId },
  { title: 'job', of: ({ job }) => job },
  { title: 'attempt', of: ({ attempt }) => attempt, align: 'right' },
  { title: 'failed', of: ({ atMs }) => `${ago(atMs)} ago` },
  { title: 'because', of: ({ error }) => error },
]

/** Nodes that somebody may want to cordon, with the evidence. Changes nothing. */
export function addNodeAdviceCommand(node: Command, run: Run): void {
  const advice = leaf(node, 'advice', 'nodes on which several jobs fail, with the evidence and what to do')
  act(advice, run, async ({ cluster, print }) => {
    const answer = await cluster.faults.cordonSuggestions()
    print.result(answer, () => answer.value.map(describe).join('\n\n') || 'No node stands out by failures.')
    return 0
  })
}

function describe({ nodeId, sentence, failures }: CordonSuggestion): string {
  return [sentence, table(failures, failureColumns, ''), `To give it nothing new: qd node cordon ${nodeId}`].join('\n')
}
