'use client'

import { type CordonSuggestion, type NodeRow, nodeCan } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { cordon } from '../acts/node-acts.ts'
import { queries } from '../api/client.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/layout.tsx'
import { TaskLink } from '../ui/text-link.tsx'

const LOOK_AGAIN_MS = 2_000

/** Several jobs fail here that fare better elsewhere: says so, shows which, and leaves the decision to whoever looks. */
export function CordonSuggestionCard({ node }: { readonly node: NodeRow }) {
  const role = useRole()
  const refusal = useWriteRefusal() ?? nodeCan.cordon(node, role)
  const asked = useQuery({ ...queries.faults.cordonSuggestions.queryOptions(), refetchInterval: LOOK_AGAIN_MS })
  const here = asked.data?.value.find(({ nodeId }) => nodeId === node.id)
  if (!here || node.scheduling !== 'open') return null
  return (
    <Card
      title="Cordon this node?"
      action={
        <Button
          refusal={refusal}
          aria-label={`Cordon it: ${node.id}`}
          onClick={() => void cordon([node.id], here.sentence)}
        >
          Cordon it
        </Button>
      }
    >
      <p className="px-3 py-2">
        <span aria-hidden className="text-warn">
          ▲
        </span>{' '}
        {here.sentence}.
      </p>
      <ul className="px-3 pb-2">
        {here.jobs.map((job) => (
          <li key={job.job}>
            <JobLine job={job} />
          </li>
        ))}
      </ul>
      <ol className="border-t border-line px-3 py-2 text-compact">
        {here.failures.map(({ taskId, job, attempt, atMs, error }) => (
          <li key={`${taskId} ${attempt}`} className="break-words">
            <TaskLink id={taskId}>{job}</TaskLink> attempt {attempt}, <Age atMs={atMs} suffix=" ago" />: {error}
          </li>
        ))}
      </ol>
    </Card>
  )
}

function JobLine({ job }: { readonly job: CordonSuggestion['jobs'][number] }) {
  const { endedElsewhere, failedElsewhere } = job
  return (
    <>
      <strong className="font-medium">{job.job}</strong>: {job.failedHere} of {job.endedHere} attempts failed here,{' '}
      {endedElsewhere === 0 ? 'none ran elsewhere' : `${failedElsewhere} of ${endedElsewhere} elsewhere`}
    </>
  )
}
