'use client'

import { clusterCan, type DeadLetter, deadLetterStates, type NodeId } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { lazy } from 'react'
import { attempt } from '../acts/node-acts.ts'
import { api, queries } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { formatCount, plural } from '../format/amount.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { SimpleTable } from '../settings/simple-table.tsx'
import { exitSentence } from '../task/end-sentence.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { openDialog } from '../ui/dialog-host.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { PageHeader } from '../ui/layout.tsx'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'
import { TaskStatus } from '../ui/status.tsx'
import { NodeLink, TaskLink } from '../ui/text-link.tsx'

const ReplayDialog = lazy(() => import('./replay-dialog.tsx').then((module) => ({ default: module.ReplayDialog })))

const SHOWN_MAX = 200
const LOOK_AGAIN_MS = 3_000

/** Tasks that ended without having done what they were for; one or all of a kind can be run again, each once. */
export function DeadLettersPage() {
  const [job, setJob] = useQueryState('job', parseAsString.withDefault(''))
  const [state, setState] = useQueryState('state', parseAsStringLiteral(deadLetterStates))
  const [node, setNode] = useQueryState('node', parseAsString.withDefault(''))
  const filter = {
    ...(job ? { job } : {}),
    ...(state ? { states: [state] } : {}),
    ...(node ? { nodeId: node as NodeId } : {}),
  }
  const asked = useQuery({
    ...queries.tasks.deadLetters.queryOptions({ ...filter, limit: SHOWN_MAX }),
    refetchInterval: LOOK_AGAIN_MS,
    placeholderData: (before) => before,
  })
  const role = useRole()
  const refusal = useWriteRefusal() ?? clusterCan.dispatch(role)
  const found = asked.data?.value
  const replayable = (found?.replayable ?? []).reduce((sum, each) => sum + each.count, 0)
  return (
    <>
      <PageHeader
        title="Dead letters"
        note={found ? `${plural(found.total, 'task')}, ${formatCount(replayable)} not run again yet` : ''}
      >
        <Button
          refusal={refusal ?? (replayable === 0 ? 'There is nothing to run again.' : null)}
          onClick={() =>
            found &&
            openDialog((close) => (
              <ReplayDialog
                filter={filter}
                replayable={found.replayable}
                close={close}
                onReplayed={() => void asked.refetch()}
              />
            ))
          }
        >
          Run all again…
        </Button>
      </PageHeader>
      <div className="grid gap-3 px-4 pb-3 sm:grid-cols-3">
        <TextField
          label="Job"
          placeholder="any"
          value={job}
          onChange={(event) => void setJob(event.target.value || null)}
        />
        <SelectField
          label="Ended as"
          value={state ?? ''}
          onChange={(event) => void setState(deadLetterStates.find((each) => each === event.target.value) ?? null)}
        >
          <option value="">any</option>
          {deadLetterStates.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </SelectField>
        <TextField
          label="With an attempt on"
          placeholder="any node"
          value={node}
          onChange={(event) => void setNode(event.target.value || null)}
        />
      </div>
      {asked.error && !found && (
        <div className="p-4">
          <Failed what="The dead letters could not be loaded." problem={toProblem(asked.error)} />
        </div>
      )}
      {!found && !asked.error && <Skeleton />}
      {found?.letters.length === 0 && (
        <Empty title="No dead letters. Every task did what it was for, or still tries." />
      )}
      {found && found.letters.length > 0 && (
        <div className="px-4 pb-4">
          <SimpleTable label="Dead letters" titles={['Task', 'State', 'Last on', 'Why', 'Ended', '']}>
            {found.letters.map((letter) => (
              <Row key={letter.id} letter={letter} refusal={refusal} onReplayed={() => void asked.refetch()} />
            ))}
          </SimpleTable>
          {found.total > found.letters.length && (
            <p className="pt-2 text-muted">The newest {formatCount(found.letters.length)} are shown.</p>
          )}
        </div>
      )}
    </>
  )
}

function Row({
  letter,
  refusal,
  onReplayed,
}: {
  readonly letter: DeadLetter
  readonly refusal: string | null
  readonly onReplayed: () => void
}) {
  const { id, name, state, nodeId, exit, endedAtMs, replayedAs } = letter
  const replay = () =>
    attempt(async () => {
      const { refused } = await api.tasks.replay.mutate({ ids: [id] })
      if (refused[0]) throw new Error(refused[0].because)
      onReplayed()
    })
  return (
    <tr>
      <td className="font-medium">
        <TaskLink id={id}>{name}</TaskLink>
      </td>
      <td>
        <TaskStatus state={state} />
      </td>
      <td>{nodeId ? <NodeLink id={nodeId} /> : '–'}</td>
      <td className="max-w-80 truncate" title={exit ? exitSentence(exit) : undefined}>
        {exit ? exitSentence(exit) : '–'}
      </td>
      <td className="text-muted">{endedAtMs === null ? '–' : <Age atMs={endedAtMs} suffix=" ago" />}</td>
      <td className="text-right">
        {replayedAs ? (
          <TaskLink id={replayedAs}>run again</TaskLink>
        ) : (
          <Button refusal={refusal} onClick={() => void replay()} aria-label={`Run ${name} again`}>
            Run again
          </Button>
        )}
      </td>
    </tr>
  )
}
