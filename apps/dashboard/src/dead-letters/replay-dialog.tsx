'use client'

import type { DeadLetterFilter, DeadLetters } from '@quarterdeck/domain'
import { api } from '../api/client.ts'
import { formatCount, plural } from '../format/amount.ts'
import { ActDialog } from '../ui/act-dialog.tsx'

type Props = {
  readonly filter: DeadLetterFilter
  readonly replayable: DeadLetters['replayable']
  readonly close: () => void
  readonly onReplayed: () => void
}

/** What a bulk replay would make, by job, before it is made. */
export function ReplayDialog({ filter, replayable, close, onReplayed }: Props) {
  const count = replayable.reduce((sum, each) => sum + each.count, 0)
  const options = [
    ...(filter.job ? ['--job', filter.job] : []),
    ...(filter.states?.[0] ? ['--state', filter.states[0]] : []),
    ...(filter.nodeId ? ['--on-node', filter.nodeId] : []),
  ]
  return (
    <ActDialog
      title={`Run ${plural(count, 'dead letter')} again?`}
      verb={`Run ${plural(count, 'task')} again`}
      failure="Not every task was run again."
      close={close}
      withReason={false}
      intentKeys={['dead-letters']}
      command={() => ['task', 'replay', ...(options.length > 0 ? options : ['--all']), '--yes']}
      run={async () => {
        let made = 0
        for (let left = 1; left > 0; ) {
          const answer = await api.tasks.replay.mutate(filter)
          made += answer.replayed.length
          const [first] = answer.refused
          if (first) throw new Error(`${formatCount(made)} were run again; then: ${first.because}`)
          left = answer.replayed.length > 0 ? answer.left : 0
        }
        onReplayed()
        return `${plural(made, 'task')} run again.`
      }}
    >
      <p>A new task is made of each, once: who was run again before is left out.</p>
      <ul className="max-h-60 overflow-y-auto">
        {replayable.map(({ job, count: ofJob }) => (
          <li key={job}>
            {formatCount(ofJob)} of <strong className="font-medium">{job}</strong>
          </li>
        ))}
      </ul>
    </ActDialog>
  )
}
