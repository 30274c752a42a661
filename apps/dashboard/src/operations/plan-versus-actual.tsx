'use client'

import type { Operation } from '@quarterdeck/domain'
import { ScrollArea } from '../ui/scroll-area.tsx'
import { Empty } from '../ui/states.tsx'
import { NodeLink, TaskLink } from '../ui/text-link.tsx'

export type PlannedMove = {
  readonly taskId: string
  readonly name: string
  readonly fate: string
  readonly toNodeId: string | null
}

/** Each task of the plan beside what became of it; differences are marked. */
export function PlanVersusActual({
  moves,
  actual,
}: {
  readonly moves: readonly PlannedMove[]
  readonly actual: Operation['actual']
}) {
  if (moves.length === 0) return <Empty title="No task was concerned." />
  const byTask = new Map(actual.map((each) => [each.taskId as string, each]))
  return (
    <ScrollArea label="Planned and what happened" className="max-h-96">
      <table className="w-full min-w-140 text-left">
        <thead className="sticky top-0 bg-surface text-compact text-muted">
          <tr>
            {['Task', 'Planned', 'Happened'].map((title) => (
              <th key={title} scope="col" className="px-3 py-1 font-medium">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {moves.map((move) => {
            const real = byTask.get(move.taskId)
            const differs =
              real !== undefined && real.toNodeId !== null && move.toNodeId !== null && real.toNodeId !== move.toNodeId
            return (
              <tr key={move.taskId} className="border-t border-line">
                <td className="px-3 py-1">
                  <TaskLink id={move.taskId}>{move.name}</TaskLink>
                </td>
                <td className="px-3">
                  {move.fate} {move.toNodeId && <NodeLink id={move.toNodeId} />}
                </td>
                <td className="px-3">
                  {real ? (
                    <>
                      {real.fate} {real.toNodeId && <NodeLink id={real.toNodeId} />}
                    </>
                  ) : (
                    <span className="text-muted">not yet</span>
                  )}
                  {differs && <span className="ml-2 text-warn">▲ another node than planned</span>}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </ScrollArea>
  )
}
