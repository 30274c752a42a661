'use client'

import type { Task } from '@quarterdeck/domain'
import { formatBytes } from '../format/amount.ts'
import { formatDuration } from '../format/duration.ts'
import { Moment } from '../ui/age.tsx'
import { ScrollArea } from '../ui/scroll-area.tsx'
import { Empty } from '../ui/states.tsx'
import { NodeLink } from '../ui/text-link.tsx'
import { exitSentence } from './end-sentence.ts'

export function Attempts({ task, onLog }: { readonly task: Task; readonly onLog: (attempt: number) => void }) {
  if (task.attempts.length === 0) return <Empty title="No attempt yet. One begins when a node is chosen." />
  return (
    <ScrollArea label="Attempts">
      <table className="w-full min-w-180 text-left">
        <thead className="text-compact text-muted">
          <tr>
            {['Attempt', 'Node', 'Outcome', 'Placed', 'Ran for', 'End', 'CPU time', 'Most memory', 'Log'].map(
              (title) => (
                <th key={title} scope="col" className="px-2 py-1 font-medium">
                  {title}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {task.attempts.map((attempt) => (
            <tr key={attempt.attempt} className="border-t border-line">
              <td className="px-2 py-1">{attempt.attempt}</td>
              <td className="px-2">
                <NodeLink id={attempt.nodeId} />
              </td>
              <td className="px-2">{attempt.outcome}</td>
              <td className="px-2">
                <Moment atMs={attempt.assignedAtMs} />
              </td>
              <td className="px-2">
                {attempt.startedAtMs !== null && attempt.endedAtMs !== null
                  ? formatDuration(attempt.endedAtMs - attempt.startedAtMs)
                  : '–'}
              </td>
              <td className="px-2">{attempt.exit ? exitSentence(attempt.exit) : '–'}</td>
              <td className="px-2">
                {attempt.usage?.cpuMs == null ? 'not measured' : formatDuration(attempt.usage.cpuMs)}
              </td>
              <td className="px-2">
                {attempt.usage?.memoryBytesMax == null ? 'not measured' : formatBytes(attempt.usage.memoryBytesMax)}
              </td>
              <td className="px-2">
                <button
                  type="button"
                  className="min-h-6 text-info hover:underline"
                  onClick={() => onLog(attempt.attempt)}
                >
                  Log
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}
