'use client'

import type { LossPlan, Move, NodeId } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { queries } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { formatShare, plural } from '../format/amount.ts'
import { commandLine } from '../format/command.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Failed, Skeleton, Warning } from '../ui/states.tsx'
import { NodeLink, TaskLink } from '../ui/text-link.tsx'

type Target = { readonly ids: readonly NodeId[]; readonly zone?: string }

/** What would become of the tasks if these nodes, or a zone, were gone now. Asks and shows; there is nothing to confirm. */
export function LossDialog({ target, close }: { readonly target: Target; readonly close: () => void }) {
  const { ids, zone } = target
  const input = { ids: [...ids], ...(zone === undefined ? {} : { zone }) }
  const loss = useQuery({ ...queries.nodes.previewLoss.queryOptions(input), refetchInterval: 2_000 })
  const name = zone === undefined ? ids.join(', ') : `zone ${zone}`
  const words = zone === undefined ? [...ids] : ['--zone', zone]
  return (
    <Dialog
      title={`What if ${name} is lost?`}
      onClose={close}
      width="wide"
      footer={
        <>
          <CopyButton text={commandLine(['node', 'lose', ...words])} label="Copy as command" />
          <span className="flex-1" />
          <Button onClick={close}>Close</Button>
        </>
      }
    >
      {loss.data ? (
        <LossSummary loss={loss.data} />
      ) : loss.error ? (
        <Failed what="This question could not be answered." problem={toProblem(loss.error)} />
      ) : (
        <Skeleton rows={4} />
      )}
    </Dialog>
  )
}

function LossSummary({ loss }: { readonly loss: LossPlan }) {
  const { counts, moves, busiest, warnings } = loss
  const parts = [
    counts.move > 0 && `${counts.move} begin again elsewhere`,
    counts.wait > 0 && `${counts.wait} wait as unknown`,
    counts.nowhere > 0 && `${counts.nowhere} have nowhere to go`,
  ].filter((part) => part !== false)
  return (
    <div className="flex flex-col gap-2">
      <p className="text-muted">As of now, updates live. Nothing is changed by looking.</p>
      <p className="font-medium">
        {moves.length === 0
          ? 'No task runs there: nothing would be lost.'
          : `${plural(moves.length, 'task')}: ${parts.join(' · ')}`}
      </p>
      {warnings.map((warning) => (
        <Warning key={warning}>{warning}</Warning>
      ))}
      {busiest && (
        <p>
          Busiest receiver: <NodeLink id={busiest.nodeId} /> {formatShare(busiest.before)} →{' '}
          {formatShare(busiest.after)}.
        </p>
      )}
      {moves.length > 0 && (
        <ul className="flex max-h-72 flex-col gap-1 overflow-y-auto">
          {moves.map((move) => (
            <li key={move.taskId} className="border-t border-line pt-1">
              <TaskLink id={move.taskId}>{move.name}</TaskLink> <Fate move={move} />
              <span className="block text-compact text-muted">{move.because}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Fate({ move }: { readonly move: Move }) {
  if (move.fate === 'moves' && move.toNodeId) {
    return (
      <>
        begins again on <NodeLink id={move.toNodeId} />
      </>
    )
  }
  return move.fate === 'stays' ? 'waits as unknown' : 'has nowhere to go'
}
